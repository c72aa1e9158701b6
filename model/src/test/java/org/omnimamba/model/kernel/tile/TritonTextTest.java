package org.omnimamba.model.kernel.tile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.omnimamba.model.kernel.ProjectionKernel;

class TritonTextTest {
  private static final Kernel.Launch LAUNCH = new Kernel.Launch(2, 5, 4, 3);

  /** {@code y[i] = x[i] + 1} for i below 6, four at a time, x in bfloat16. */
  private static Kernel increment() {
    KernelBuilder k = new KernelBuilder("increment");
    Tile x = k.argument(Element.BF16_POINTER);
    Tile y = k.argument(Element.F32_POINTER);
    Tile places = k.add(k.multiply(k.program(0), 4), k.range(4));
    Tile mask = k.less(places, 6);
    k.store(k.at(y, places), k.add(k.loadFloat(k.at(x, places), mask), 1), mask);
    return k.build(LAUNCH);
  }

  /** Adds 0, then 1, to 0, 1, 2 and 3; leaves the sum. */
  private static Kernel total() {
    KernelBuilder k = new KernelBuilder("total");
    Tile to = k.argument(Element.I32_POINTER);
    Tile sums = k.loop(2, k.range(4), (round, sum) -> k.add(sum, round));
    k.store(to, k.sum(sums, 0), null);
    return k.build(LAUNCH);
  }

  @Test
  void printsAKernel() {
    assertThat(TritonText.module(increment()))
        .isEqualTo(
            """
            module {
              tt.func public @increment(%v0: !tt.ptr<bf16> {tt.divisibility = 16 : i32}, \
            %v1: !tt.ptr<f32> {tt.divisibility = 16 : i32}) \
            attributes {noinline = false} {
                %v2 = tt.get_program_id x : i32
                %v3 = arith.constant 4 : i32
                %v4 = arith.muli %v2, %v3 : i32
                %v5 = tt.make_range {end = 4 : i32, start = 0 : i32} : tensor<4xi32>
                %v6 = tt.splat %v4 : i32 -> tensor<4xi32>
                %v7 = arith.addi %v6, %v5 : tensor<4xi32>
                %v8 = arith.constant 6 : i32
                %v9 = tt.splat %v8 : i32 -> tensor<4xi32>
                %v10 = arith.cmpi slt, %v7, %v9 : tensor<4xi32>
                %v11 = tt.splat %v1 : !tt.ptr<f32> -> tensor<4x!tt.ptr<f32>>
                %v12 = tt.addptr %v11, %v7 : tensor<4x!tt.ptr<f32>>, tensor<4xi32>
                %v13 = tt.splat %v0 : !tt.ptr<bf16> -> tensor<4x!tt.ptr<bf16>>
                %v14 = tt.addptr %v13, %v7 : tensor<4x!tt.ptr<bf16>>, tensor<4xi32>
                %v15 = arith.constant 0x0000 : bf16
                %v16 = tt.splat %v15 : bf16 -> tensor<4xbf16>
                %v17 = tt.load %v14, %v10, %v16 : tensor<4x!tt.ptr<bf16>>
                %v18 = arith.extf %v17 : tensor<4xbf16> to tensor<4xf32>
                %v19 = arith.constant 0x3F800000 : f32
                %v20 = tt.splat %v19 : f32 -> tensor<4xf32>
                %v21 = arith.addf %v18, %v20 : tensor<4xf32>
                tt.store %v12, %v21, %v10 : tensor<4x!tt.ptr<f32>>
                tt.return
              }
            }
            """);
  }

  @Test
  void printsLoopsAndSums() {
    assertThat(TritonText.module(total()))
        .isEqualTo(
            """
            module {
              tt.func public @total(%v0: !tt.ptr<i32> {tt.divisibility = 16 : i32}) \
            attributes {noinline = false} {
                %v1 = tt.make_range {end = 4 : i32, start = 0 : i32} : tensor<4xi32>
                %v6_zero = arith.constant 0 : i32
                %v6_one = arith.constant 1 : i32
                %v6_count = arith.constant 2 : i32
                %v6 = scf.for %v2 = %v6_zero to %v6_count step %v6_one \
            iter_args(%v3 = %v1) -> (tensor<4xi32>) : i32 {
                %v4 = tt.splat %v2 : i32 -> tensor<4xi32>
                %v5 = arith.addi %v3, %v4 : tensor<4xi32>
                  scf.yield %v5 : tensor<4xi32>
                }
                %v7 = "tt.reduce"(%v6) <{axis = 0 : i32}> ({
                ^bb0(%a: i32, %b: i32):
                  %s = arith.addi %a, %b : i32
                  tt.reduce.return %s : i32
                }) : (tensor<4xi32>) -> i32
                tt.store %v0, %v7 : !tt.ptr<i32>
                tt.return
              }
            }
            """);
  }

  /** The attribute's text is between quotes, on one line; a number stands for a newline. */
  @Test
  void escapesTheKernelInItsConfiguration() {
    String configuration = TritonText.configuration(total());
    assertThat(configuration)
        .startsWith("{name = \"total\", ir = \"module {\\0A  tt.func public @total(")
        .contains("\\0A    %v7 = \\\"tt.reduce\\\"(%v6) <{axis")
        .endsWith(
            "}\\0A\", num_stages = 3 : i32, num_warps = 4 : i32,"
                + " grid_x = 2 : i32, grid_y = 5 : i32, grid_z = 1 : i32}")
        .doesNotContain("\n");
    int start = configuration.indexOf("module");
    String text = configuration.substring(start, configuration.indexOf("\", num_stages"));
    assertThat(text.replace("\\0A", "\n").replace("\\\"", "\""))
        .isEqualTo(TritonText.module(total()));
  }

  /** Calls share a compiled kernel if their configurations are equal. */
  @Test
  void equalKernelsHaveEqualConfigurations() {
    assertThat(projection(4, 0)).isEqualTo(projection(4, 0));
    assertThat(projection(4, 0)).isNotEqualTo(projection(8, 0)).isNotEqualTo(projection(4, 16));
  }

  private static String projection(int batch, int adapterRows) {
    return TritonText.configuration(
        ProjectionKernel.plain(
            new ProjectionKernel.Sizes(batch, 64, 32, 2, 1e-5f, adapterRows),
            new ProjectionKernel.Tuning(16, 32, 4, 3)));
  }
}
