package org.omnimamba.model.kernel.tile;

/** Types of a tile's elements. */
public enum Element {
  I1("i1"),
  I32("i32"),
  I64("i64"),
  F16("f16"),
  BF16("bf16"),
  F32("f32"),
  I32_POINTER("!tt.ptr<i32>"),
  I64_POINTER("!tt.ptr<i64>"),
  F16_POINTER("!tt.ptr<f16>"),
  BF16_POINTER("!tt.ptr<bf16>"),
  F32_POINTER("!tt.ptr<f32>");

  private final String text;

  Element(String text) {
    this.text = text;
  }

  /** As Triton's intermediate representation spells it. */
  String text() {
    return text;
  }

  boolean isFloat() {
    return this == F16 || this == BF16 || this == F32;
  }

  boolean isPointer() {
    return pointee() != this;
  }

  /** What a pointer points to; the element itself if it is none. */
  public Element pointee() {
    return switch (this) {
      case I32_POINTER -> I32;
      case I64_POINTER -> I64;
      case F16_POINTER -> F16;
      case BF16_POINTER -> BF16;
      case F32_POINTER -> F32;
      default -> this;
    };
  }
}
