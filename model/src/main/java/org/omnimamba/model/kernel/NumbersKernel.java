package org.omnimamba.model.kernel;

/**
 * Numbers that XLA cannot see through, so that it finds what differs in nothing but a number alike:
 * layers whose place among stacked weights is such a number share compiled kernels.
 */
public final class NumbersKernel {
  private NumbersKernel() {}

  /** Results: {@code 0}, {@code 1}, ..., {@code count - 1}, each {@code [1]} in int64. */
  public static Kernel of(int count) {
    KernelBuilder k = new KernelBuilder("numbers");
    for (int number = 0; number < count; number++) {
      k.store(k.argument(Element.I64_POINTER), k.convert(k.constant(number), Element.I64), null);
    }
    return k.build(new Kernel.Launch(1, 1, 1, 1));
  }
}
