package org.omnimamba.hub.repository;

import org.omnimamba.hub.download.ContentHash;

/**
 * A file of a repository.
 *
 * @param path in the repository, with slashes; safe to use below a folder
 * @param size in bytes
 * @param hash SHA-256 of a file in LFS, git's hash of others
 */
public record HubFile(String path, long size, ContentHash hash) {

  /** The last part of its path. */
  public String fileName() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Its folder with a slash at the end; empty for the root. */
  public String folder() {
    return path.substring(0, path.lastIndexOf('/') + 1);
  }
}
