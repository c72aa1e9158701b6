package org.omnimamba.hub.repository;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.omnimamba.hub.FetchException;

/**
 * {@code hf:OWNER/NAME[@REVISION][:FILE]}.
 *
 * @param revision branch, tag or commit
 * @param file path in the repository; null where none is named
 */
public record HubReference(String owner, String name, String revision, @Nullable String file) {
  public static final String PREFIX = "hf:";

  private static final String MAIN = "main";
  private static final Pattern FORM =
      Pattern.compile("hf:([^/@:]+)/([^/@:]+)(?:@([^:]+))?(?::(.+))?");
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,94}\\w)?");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  /**
   * Reads a reference.
   *
   * @throws FetchException if it does not have this form
   */
  public static HubReference parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw wrong(
          text, "it should look like hf:OWNER/NAME, hf:OWNER/NAME@REVISION or hf:OWNER/NAME:FILE");
    }
    String revision = form.group(3) == null ? MAIN : form.group(3);
    String file = form.group(4);
    for (String part : new String[] {form.group(1), form.group(2)}) {
      if (!PART.matcher(part).matches() || part.contains("--") || part.contains("..")) {
        throw wrong(text, part + " is no name of an owner or a repository");
      }
    }
    if (!SafeNames.isPath(revision) || revision.startsWith("-")) {
      throw wrong(text, revision + " is no revision");
    }
    if (file != null && !SafeNames.isPath(file)) {
      throw wrong(text, file + " is no path of a file");
    }
    return new HubReference(form.group(1), form.group(2), revision, file);
  }

  private static FetchException wrong(String text, String reason) {
    return new FetchException("'%s' is not usable: %s".formatted(text, reason));
  }

  /** Whether its content can never change. */
  public boolean isCommit() {
    return isCommit(revision);
  }

  static boolean isCommit(String revision) {
    return COMMIT.matcher(revision).matches();
  }

  /** {@code OWNER/NAME}. */
  public String repository() {
    return owner + "/" + name;
  }

  /** As a person writes it, without the file. */
  public String label() {
    return PREFIX + repository() + (revision.equals(MAIN) ? "" : "@" + revision);
  }

  /** A piece of an address, with slashes escaped too. */
  static String escaped(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
