package org.omnimamba.training.scenes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import org.omnimamba.training.scenes.Scene.Kind;
import org.omnimamba.training.scenes.SceneObject.Size;

/**
 * Where objects stand. Each has a cell of its own and leaves a gap to the cell's edge, so that
 * boxes never touch.
 */
final class Layouts {
  private static final double GAP = 0.015;
  private static final double SMALL = 0.12;
  private static final double LARGE = 0.24;

  private Layouts() {}

  /** The place of one object; lengths are parts of the picture's side. */
  record Place(Size size, double x, double y, double side) {}

  /** Part of the picture for one object. */
  private record Cell(double x, double y, double width, double height) {}

  /** One place for each object, in any order. */
  static List<Place> places(Kind kind, int count, RandomGenerator random) {
    if (count == 1) {
      return List.of(single(random));
    }
    List<Cell> cells = new ArrayList<>(cells(count, random));
    // who stands where must not follow from the order of the choice
    for (int i = cells.size() - 1; i > 0; i--) {
      Collections.swap(cells, i, random.nextInt(i + 1));
    }
    List<Place> places = new ArrayList<>();
    double even = 0.74 + 0.24 * random.nextDouble();
    for (Cell cell : cells) {
      double part = kind == Kind.COUNT ? even : 0.74 + 0.24 * random.nextDouble();
      double side = part * (Math.min(cell.width, cell.height) - 2 * GAP);
      places.add(
          new Place(
              Size.USUAL,
              cell.x + jitter(cell.width, side, random),
              cell.y + jitter(cell.height, side, random),
              side));
    }
    return places;
  }

  private static Place single(RandomGenerator random) {
    double draw = random.nextDouble();
    Size size = draw < SMALL ? Size.SMALL : draw < LARGE ? Size.LARGE : Size.USUAL;
    double side =
        switch (size) {
          case SMALL -> 0.26 + 0.1 * random.nextDouble();
          case USUAL -> 0.52 + 0.28 * random.nextDouble();
          case LARGE -> 0.86 + 0.09 * random.nextDouble();
        };
    // most people want the object in the middle
    double reach = random.nextDouble() < 0.6 ? 0.15 : 1;
    double x = 0.5 + reach * (random.nextDouble() - 0.5) * (1 - side - 2 * GAP);
    double y = 0.5 + reach * (random.nextDouble() - 0.5) * (1 - side - 2 * GAP);
    return new Place(size, x, y, side);
  }

  private static double jitter(double length, double side, RandomGenerator random) {
    double room = Math.min(0.12, length - side - 2 * GAP);
    return (random.nextDouble() - 0.5) * Math.max(0, room);
  }

  /** Cells by their centres. */
  private static List<Cell> cells(int count, RandomGenerator random) {
    return switch (count) {
      case 2 ->
          random.nextBoolean()
              ? List.of(new Cell(0.25, 0.5, 0.5, 1), new Cell(0.75, 0.5, 0.5, 1))
              : List.of(new Cell(0.5, 0.25, 1, 0.5), new Cell(0.5, 0.75, 1, 0.5));
      case 3 -> three(random);
      case 4 ->
          List.of(
              new Cell(0.25, 0.25, 0.5, 0.5),
              new Cell(0.75, 0.25, 0.5, 0.5),
              new Cell(0.25, 0.75, 0.5, 0.5),
              new Cell(0.75, 0.75, 0.5, 0.5));
      default -> throw new IllegalArgumentException("there is no layout for " + count);
    };
  }

  private static List<Cell> three(RandomGenerator random) {
    return switch (random.nextInt(4)) {
      case 0 ->
          List.of(
              new Cell(1 / 6.0, 0.5, 1 / 3.0, 1),
              new Cell(0.5, 0.5, 1 / 3.0, 1),
              new Cell(5 / 6.0, 0.5, 1 / 3.0, 1));
      case 1 ->
          List.of(
              new Cell(0.25, 0.25, 0.5, 0.5),
              new Cell(0.75, 0.25, 0.5, 0.5),
              new Cell(0.5, 0.75, 1, 0.5));
      default ->
          List.of(
              new Cell(0.5, 0.25, 1, 0.5),
              new Cell(0.25, 0.75, 0.5, 0.5),
              new Cell(0.75, 0.75, 0.5, 0.5));
    };
  }
}
