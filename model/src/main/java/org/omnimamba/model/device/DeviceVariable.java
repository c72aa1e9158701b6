package org.omnimamba.model.device;

import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TNumber;

/** A variable of a program: memory on the device that functions read and write. */
public final class DeviceVariable {
  private final String name;
  private final ElementType type;
  private final Shape shape;
  private final Access access;

  /**
   * Operations of the main graph on a variable.
   *
   * @param handle the resource
   * @param fed placeholder for a new value
   * @param assign stores what was fed
   * @param value reads the variable
   */
  record Access(Output<?> handle, Operand<?> fed, Operation assign, Operand<?> value) {}

  DeviceVariable(String name, ElementType type, Shape shape, Access access) {
    this.name = name;
    this.type = type;
    this.shape = shape;
    this.access = access;
  }

  /** Unique in its program. */
  public String name() {
    return name;
  }

  public ElementType type() {
    return type;
  }

  /** {@link #type} as the class of numbers that operands of it have. */
  public Class<? extends TNumber> numberType() {
    return type.tensorClass().asSubclass(TNumber.class);
  }

  public Shape shape() {
    return shape;
  }

  public long byteSize() {
    return type.bytes() * shape.size();
  }

  Access access() {
    return access;
  }

  @Override
  public String toString() {
    return name + " " + type + " " + shape;
  }
}
