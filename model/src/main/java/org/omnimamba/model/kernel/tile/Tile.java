package org.omnimamba.model.kernel.tile;

/**
 * A value inside a kernel: a scalar or a tile that a program's threads share out among them.
 *
 * @param id unique in its kernel
 */
public record Tile(int id, TileType type) {}
