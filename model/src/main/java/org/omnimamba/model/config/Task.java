package org.omnimamba.model.config;

/** What one forward pass is for: it selects adapter, vocabulary, head and position table. */
public enum Task {
  /** Multimodal understanding: text and an image in, text out. */
  MMU("mmu"),
  /** Text to image: a caption in, image tokens out. */
  T2I("t2i");

  private final String key;

  Task(String key) {
    this.key = key;
  }

  /** The task's prefix in parameter names, as in {@code t2i_lora_A0}. */
  public String key() {
    return key;
  }
}
