package org.omnimamba.model.device;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TNumber;

/**
 * A variable of a program: memory on the device that functions read and write. A program of several
 * devices has a copy of it on each.
 */
public final class DeviceVariable {
  private final String name;
  private final ElementType type;
  private final Shape shape;
  private final Access access;

  /**
   * Operations of the main graph on a variable.
   *
   * @param handles the resource of each device
   * @param fed placeholder for a new value
   * @param assigns store what was fed, one on each device
   * @param value reads the first device's copy
   */
  record Access(
      List<Output<?>> handles, Operand<?> fed, List<Operation> assigns, Operand<?> value) {
    Access {
      handles = List.copyOf(handles);
      assigns = List.copyOf(assigns);
    }
  }

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
