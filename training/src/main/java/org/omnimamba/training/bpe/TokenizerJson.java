package org.omnimamba.training.bpe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A {@code tokenizer.json} of GPT-NeoX-20B's kind. Ids: {@code <|endoftext|>} 0, {@code
 * <|padding|>} 1, the 256 bytes, the merges' entries in their order, the ten tokens that the
 * reference adds.
 */
public final class TokenizerJson {
  /** Entries besides the merges': two special tokens, the bytes, the reference's ten. */
  public static final int FIXED_ENTRIES = 2 + 256 + 10;

  private static final String END_OF_TEXT = "<|endoftext|>";
  private static final String PADDING = "<|padding|>";
  private static final List<String> REFERENCE_TOKENS =
      List.of(
          "[PAD]", "<|soi|>", "<|eoi|>", "<|sot|>", "<|eot|>", "<|t2i|>", "<|mmu|>", "<|soc|>",
          "<|eoc|>", "<|lvg|>");

  private TokenizerJson() {}

  /** The file's text. */
  public static String of(List<BpeTrainer.Merge> merges) {
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    vocabulary.put(END_OF_TEXT, 0);
    vocabulary.put(PADDING, 1);
    for (char each : WordSplitter.alphabet()) {
      vocabulary.put(String.valueOf(each), vocabulary.size());
    }
    for (BpeTrainer.Merge merge : merges) {
      vocabulary.putIfAbsent(merge.joined(), vocabulary.size());
    }
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    addToken(added, 0, END_OF_TEXT, true);
    addToken(added, 1, PADDING, true);
    for (String token : REFERENCE_TOKENS) {
      addToken(added, vocabulary.size() + added.size() - 2, token, token.equals("[PAD]"));
    }
    root.putObject("normalizer").put("type", "NFC");
    byteLevel(root.putObject("pre_tokenizer"), false);
    byteLevel(root.putObject("post_processor"), true);
    byteLevel(root.putObject("decoder"), true);
    ObjectNode model = root.putObject("model").put("type", "BPE");
    model.putNull("dropout").putNull("unk_token");
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    model.put("fuse_unk", false).put("byte_fallback", false);
    ObjectNode entries = model.putObject("vocab");
    vocabulary.forEach(entries::put);
    ArrayNode pairs = model.putArray("merges");
    merges.forEach(merge -> pairs.add(merge.left() + " " + merge.right()));
    return root.toPrettyString() + "\n";
  }

  private static void addToken(ArrayNode added, int id, String content, boolean special) {
    added
        .addObject()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", !special)
        .put("special", special);
  }

  private static void byteLevel(ObjectNode node, boolean prefixSpace) {
    node.put("type", "ByteLevel")
        .put("add_prefix_space", prefixSpace)
        .put("trim_offsets", true)
        .put("use_regex", true);
  }
}
