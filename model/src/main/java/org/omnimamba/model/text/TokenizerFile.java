package org.omnimamba.model.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A checked {@code tokenizer.json}. Its bytes are untrusted: only what was checked here is written
 * anew for the native library, which never sees the file itself.
 *
 * @param vocabulary what each id stands for
 * @param canonicalJson the definition that the native library is given
 * @param plainJson the same without control tokens: their spelling is text like any other
 * @param addedTokens every token that is recognised before BPE, the reference's ten included
 */
record TokenizerFile(
    Vocabulary vocabulary, String canonicalJson, String plainJson, List<AddedToken> addedTokens) {
  private static final long MAX_BYTES = 32L << 20;
  private static final int MAX_ENTRIES = 1 << 20;
  private static final int MAX_ADDED_LENGTH = 256;
  private static final int MAX_NESTING = 16;

  /**
   * The tokens that the reference adds to GPT-NeoX's, in its order; only the first counts as
   * special when text is decoded.
   */
  private static final List<String> REFERENCE_TOKENS =
      List.of(
          "[PAD]", "<|soi|>", "<|eoi|>", "<|sot|>", "<|eot|>", "<|t2i|>", "<|mmu|>", "<|soc|>",
          "<|eoc|>", "<|lvg|>");

  static TokenizerFile read(Path file) {
    return parse(readLimited(file), file.toString());
  }

  private static byte[] readLimited(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(Math.toIntExact(MAX_BYTES) + 1);
      if (bytes.length > MAX_BYTES) {
        throw new InvalidTokenizerException(
            "%s is larger than %d bytes".formatted(file, MAX_BYTES));
      }
      return bytes;
    } catch (IOException e) {
      throw new InvalidTokenizerException("cannot read " + file, e);
    }
  }

  static TokenizerFile parse(byte[] json, String source) {
    try {
      return new Parser(source).parse(json);
    } catch (JacksonException e) {
      throw new InvalidTokenizerException(source + " is not valid JSON: " + e.getMessage(), e);
    }
  }

  private static final class Parser {
    private final String source;

    Parser(String source) {
      this.source = source;
    }

    TokenizerFile parse(byte[] json) {
      JsonNode root = mapper().readTree(json);
      require(root.isObject(), "is not a JSON object");
      JsonNode model = root.path("model");
      require(model.path("type").asString("BPE").equals("BPE"), "model.type is not BPE");
      for (String setting : List.of("dropout", "unk_token", "continuing_subword_prefix")) {
        require(isAbsent(model.path(setting)), "model." + setting + " is set");
      }
      require(isAbsent(model.path("end_of_word_suffix")), "model.end_of_word_suffix is set");
      require(!model.path("byte_fallback").asBoolean(false), "model.byte_fallback is set");
      requireType(root.path("pre_tokenizer"), "pre_tokenizer", "ByteLevel");
      requireType(root.path("decoder"), "decoder", "ByteLevel");
      boolean nfc = !isAbsent(root.path("normalizer"));
      if (nfc) {
        requireType(root.path("normalizer"), "normalizer", "NFC");
      }
      Map<String, Integer> entries = entries(model.path("vocab"));
      ArrayNode merges = merges(model.path("merges"));
      List<AddedToken> added = addedTokens(root.path("added_tokens"), entries);
      boolean prefixSpace = root.path("pre_tokenizer").path("add_prefix_space").asBoolean(false);
      boolean regex = root.path("pre_tokenizer").path("use_regex").asBoolean(true);
      ObjectNode canonical = canonical(nfc, prefixSpace, regex, entries, merges, added);
      ObjectNode plain =
          canonical(nfc, prefixSpace, regex, entries, merges, withoutControl(added, entries));
      return new TokenizerFile(
          new Vocabulary(entries, added),
          mapper().writeValueAsString(canonical),
          mapper().writeValueAsString(plain),
          added);
    }

    /**
     * The added tokens without those that steer the model. The native library numbers added tokens
     * in a row, so one that is not in the vocabulary leaves a stand-in that no text contains.
     */
    private static List<AddedToken> withoutControl(
        List<AddedToken> added, Map<String, Integer> entries) {
      List<AddedToken> plain = new ArrayList<>();
      for (AddedToken token : added) {
        if (!token.control()) {
          plain.add(token);
        } else if (!entries.containsKey(token.content())) {
          String standIn = "unused " + UUID.randomUUID();
          plain.add(new AddedToken(token.id(), standIn, false, false, false));
        }
      }
      return plain;
    }

    private static JsonMapper mapper() {
      return JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_NESTING)
                          .maxDocumentLength(MAX_BYTES)
                          .build())
                  .build())
          .build();
    }

    private Map<String, Integer> entries(JsonNode vocab) {
      require(vocab.isObject() && !vocab.isEmpty(), "model.vocab is not a filled object");
      require(vocab.size() <= MAX_ENTRIES, "model.vocab has more than " + MAX_ENTRIES + " entries");
      Map<String, Integer> entries = new LinkedHashMap<>();
      Set<Integer> ids = new HashSet<>();
      for (Map.Entry<String, JsonNode> entry : vocab.properties()) {
        int id = id(entry.getValue(), "model.vocab entry '" + entry.getKey() + "'");
        require(ids.add(id), "two entries of model.vocab have id " + id);
        entries.put(entry.getKey(), id);
      }
      return entries;
    }

    private int id(JsonNode node, String what) {
      require(
          node.isInt() && node.intValue() >= 0 && node.intValue() < MAX_ENTRIES,
          what + " has no id between 0 and " + (MAX_ENTRIES - 1));
      return node.intValue();
    }

    private ArrayNode merges(JsonNode merges) {
      require(merges instanceof ArrayNode, "model.merges is not an array");
      ArrayNode checked = JsonNodeFactory.instance.arrayNode();
      for (JsonNode merge : merges) {
        boolean pair =
            merge.isArray()
                && merge.size() == 2
                && merge.get(0).isString()
                && merge.get(1).isString();
        require(merge.isString() || pair, "model.merges holds something that is not a merge");
        checked.add(merge);
      }
      return checked;
    }

    private List<AddedToken> addedTokens(JsonNode nodes, Map<String, Integer> entries) {
      require(isAbsent(nodes) || nodes.isArray(), "added_tokens is not an array");
      List<AddedToken> tokens = new ArrayList<>();
      Map<String, Integer> known = new LinkedHashMap<>();
      Set<Integer> ids = new HashSet<>();
      for (JsonNode node : nodes) {
        AddedToken token = addedToken(node);
        Integer entry = entries.get(token.content());
        boolean clash = entry != null ? entry != token.id() : entries.containsValue(token.id());
        require(
            !clash && ids.add(token.id()) && known.put(token.content(), token.id()) == null,
            "added token '%s' clashes with another entry".formatted(token.content()));
        tokens.add(token);
      }
      int next = 0;
      for (int id : entries.values()) {
        next = Math.max(next, id + 1);
      }
      for (int id : ids) {
        next = Math.max(next, id + 1);
      }
      for (String content : REFERENCE_TOKENS) {
        if (!known.containsKey(content)) {
          boolean special = content.equals(REFERENCE_TOKENS.get(0));
          tokens.add(new AddedToken(next++, content, special, !special, true));
        }
      }
      return List.copyOf(tokens);
    }

    private AddedToken addedToken(JsonNode node) {
      String content = node.path("content").asString("");
      require(
          !content.isEmpty() && content.length() <= MAX_ADDED_LENGTH,
          "an added token has no content or more than %d characters".formatted(MAX_ADDED_LENGTH));
      for (String setting : List.of("single_word", "lstrip", "rstrip")) {
        require(
            !node.path(setting).asBoolean(false),
            "added token '%s' sets %s".formatted(content, setting));
      }
      boolean special = node.path("special").asBoolean(false);
      return new AddedToken(
          id(node.path("id"), "added token '" + content + "'"),
          content,
          special,
          node.path("normalized").asBoolean(true),
          special || REFERENCE_TOKENS.contains(content));
    }

    private static ObjectNode canonical(
        boolean nfc,
        boolean prefixSpace,
        boolean regex,
        Map<String, Integer> entries,
        ArrayNode merges,
        List<AddedToken> added) {
      ObjectNode root = JsonNodeFactory.instance.objectNode();
      root.put("version", "1.0").putNull("truncation").putNull("padding");
      ArrayNode tokens = root.putArray("added_tokens");
      added.stream()
          .sorted(java.util.Comparator.comparingInt(AddedToken::id))
          .forEach(
              token ->
                  tokens
                      .addObject()
                      .put("id", token.id())
                      .put("content", token.content())
                      .put("single_word", false)
                      .put("lstrip", false)
                      .put("rstrip", false)
                      .put("normalized", token.normalized())
                      .put("special", token.special()));
      if (nfc) {
        root.putObject("normalizer").put("type", "NFC");
      } else {
        root.putNull("normalizer");
      }
      root.putObject("pre_tokenizer")
          .put("type", "ByteLevel")
          .put("add_prefix_space", prefixSpace)
          .put("trim_offsets", true)
          .put("use_regex", regex);
      root.putNull("post_processor");
      root.putObject("decoder")
          .put("type", "ByteLevel")
          .put("add_prefix_space", false)
          .put("trim_offsets", true)
          .put("use_regex", true);
      ObjectNode model = root.putObject("model").put("type", "BPE");
      ObjectNode vocab = model.putObject("vocab");
      entries.forEach(vocab::put);
      model.set("merges", merges);
      return root;
    }

    private void requireType(JsonNode node, String what, String type) {
      require(
          node.path("type").asString("").equals(type),
          "%s is not %s; only byte-level BPE with NFC is supported".formatted(what, type));
    }

    private static boolean isAbsent(@Nullable JsonNode node) {
      return node == null
          || node.isMissingNode()
          || node.isNull()
          || (node.isString() && node.stringValue().isEmpty());
    }

    private void require(boolean condition, String complaint) {
      if (!condition) {
        throw new InvalidTokenizerException(source + ": " + complaint);
      }
    }
  }
}
