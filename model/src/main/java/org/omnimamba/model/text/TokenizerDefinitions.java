package org.omnimamba.model.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.SpecialTokens;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes the {@code tokenizer.json} that is stored with a model. */
public final class TokenizerDefinitions {
  private static final String END_OF_TEXT = "<|endoftext|>";
  private static final String PAD = "[PAD]";

  private TokenizerDefinitions() {}

  /**
   * A given tokenizer, checked against the model it is for, with the reference's ten added tokens
   * where the file lacks them.
   *
   * @param file a {@code tokenizer.json}; untrusted
   * @return the text of a {@code tokenizer.json}
   * @throws InvalidTokenizerException if it is damaged, not a byte-level BPE, or belongs to another
   *     model
   */
  public static String completed(Path file, ModelConfig config) {
    String json = TokenizerFile.read(file).canonicalJson();
    try (Tokenizer tokenizer = Tokenizer.parse(json.getBytes(StandardCharsets.UTF_8))) {
      tokenizer.requireMatches(config);
    }
    return json;
  }

  /**
   * A tokenizer that knows single bytes and the model's special tokens, for a model that was never
   * trained. Ids that the special tokens leave free are given to the 256 bytes in their order, and
   * then to names that no text contains.
   *
   * @return the text of a {@code tokenizer.json}
   * @throws InvalidTokenizerException if the vocabulary has no room for the bytes
   */
  public static String bytesOnly(ModelConfig config) {
    Map<Integer, String> special = specialTokens(config.specialTokens());
    Map<Integer, String> vocabulary = new TreeMap<>(special);
    char[] bytes = new ByteAlphabet().characters();
    int given = 0;
    int last = special.keySet().stream().max(Integer::compare).orElseThrow();
    // without gaps up to the last id, because the native library numbers what follows itself
    for (int id = 0; given < bytes.length || id <= last; id++) {
      if (!vocabulary.containsKey(id)) {
        vocabulary.put(
            id, given < bytes.length ? String.valueOf(bytes[given++]) : "<|free_" + id + "|>");
      }
    }
    String json = definition(vocabulary, special).toString();
    TokenizerFile file =
        TokenizerFile.parse(json.getBytes(StandardCharsets.UTF_8), "the generated tokenizer");
    try (Tokenizer tokenizer = Tokenizer.parse(json.getBytes(StandardCharsets.UTF_8))) {
      tokenizer.requireMatches(config);
    }
    return file.canonicalJson();
  }

  private static Map<Integer, String> specialTokens(SpecialTokens tokens) {
    Map<Integer, String> special = new TreeMap<>();
    special.put(tokens.eos(), END_OF_TEXT);
    special.put(tokens.pad(), PAD);
    special.put(tokens.soi(), "<|soi|>");
    special.put(tokens.eoi(), "<|eoi|>");
    special.put(tokens.sot(), "<|sot|>");
    special.put(tokens.eot(), "<|eot|>");
    special.put(tokens.t2i(), "<|t2i|>");
    special.put(tokens.mmu(), "<|mmu|>");
    return special;
  }

  private static ObjectNode definition(
      Map<Integer, String> vocabulary, Map<Integer, String> special) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    ArrayNode added = root.putArray("added_tokens");
    special.forEach(
        (id, content) ->
            added
                .addObject()
                .put("id", id)
                .put("content", content)
                .put("normalized", false)
                .put("special", content.equals(END_OF_TEXT) || content.equals(PAD)));
    root.putObject("normalizer").put("type", "NFC");
    root.putObject("pre_tokenizer").put("type", "ByteLevel").put("add_prefix_space", false);
    root.putObject("decoder").put("type", "ByteLevel");
    ObjectNode model = root.putObject("model").put("type", "BPE");
    ObjectNode entries = model.putObject("vocab");
    vocabulary.forEach((id, entry) -> entries.put(entry, id));
    model.putArray("merges");
    return root;
  }
}
