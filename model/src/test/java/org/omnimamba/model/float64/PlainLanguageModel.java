package org.omnimamba.model.float64;

import static org.omnimamba.model.float64.PlainFunctions.product;
import static org.omnimamba.model.float64.PlainFunctions.rmsNorm;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.Task;

/**
 * Embeddings, Mamba-2 layers and heads from a checkpoint's tensors. The weights of one layer at a
 * time are in memory. What a layer does is a method of its own where a test wants to see it done
 * wrong.
 */
public class PlainLanguageModel {
  private static final String BACKBONE = "llm_backbone.mamba.backbone.";

  private final TensorSource weights;
  private final LanguageModelConfig sizes;

  public PlainLanguageModel(TensorSource weights, LanguageModelConfig sizes) {
    this.weights = weights;
    this.sizes = sizes;
  }

  /** Sees what passes through the layers. The arrays are used on, so they are only to be read. */
  @FunctionalInterface
  public interface Observer {
    /**
     * Called for each layer, and there for each token in order.
     *
     * @param residual the stream before the layer, {@code [dModel]}
     * @param xbc what the convolution takes of this token, {@code [convDim]}
     * @param state of the layer after this token, {@code [dInner, dState]}
     */
    void see(int layer, int token, double[] residual, double[] xbc, double[] state);
  }

  /** A text-to-image prompt: the caption MLP on all ids, positions from 0. */
  public double[][] drawingPrompt(int[] ids) {
    double[][] inner = product(rows("embedding.weight", ids), read("caption_embed.cap_proj.fc1"));
    apply(inner, PlainFunctions::geluTanh);
    return positioned(product(inner, read("caption_embed.cap_proj.fc2")), "pos_embed", 0);
  }

  /**
   * An understanding prompt, positions from 0.
   *
   * @param ids without the image, which takes its places after the second one
   * @param image {@code [patches, dModel]}
   */
  public double[][] understandingPrompt(int[] ids, float[] image) {
    double[][] text = rows("embedding.weight", ids);
    int width = sizes.dModel();
    int patches = image.length / width;
    double[][] prompt = new double[ids.length + patches][];
    for (int i = 0; i < prompt.length; i++) {
      if (i < 2) {
        prompt[i] = text[i];
      } else if (i < 2 + patches) {
        prompt[i] = widened(image, (i - 2) * width, width);
      } else {
        prompt[i] = text[i - patches];
      }
    }
    return positioned(prompt, "mmu_pos_embed", 0);
  }

  /** Tokens that follow a prompt. */
  public double[][] tokens(Task task, int[] ids, int firstPosition) {
    if (task == Task.MMU) {
      return positioned(rows("embedding.weight", ids), "mmu_pos_embed", firstPosition);
    }
    double[][] values = rows("img_embeddings.word_embeddings.weight", ids);
    for (String linear : new String[] {"0", "2", "4"}) {
      String name = "img_embeddings.project_in.projector." + linear;
      values = product(values, read(name));
      float[] bias = weights.readFloats(BACKBONE + name + ".bias");
      for (double[] value : values) {
        Arrays.setAll(value, i -> value[i] + bias[i]);
      }
      if (!linear.equals("4")) {
        apply(values, PlainFunctions::gelu);
      }
    }
    return positioned(values, "pos_embed", firstPosition);
  }

  /**
   * Runs all layers.
   *
   * @param inputs positions applied, {@code [tokens][dModel]}
   * @return hidden values after the final norm, {@code [tokens][dModel]}
   */
  public double[][] hidden(Task task, double[][] inputs, Observer observer) {
    double[][] residual = inputs.clone();
    for (int layer = 0; layer < sizes.layers(); layer++) {
      double[][] out = new Layer(layer, task).mixed(residual, observer);
      for (int token = 0; token < residual.length; token++) {
        residual[token] = residualAfter(layer, residual[token], out[token]);
      }
    }
    float[] norm = read("norm_f");
    for (int token = 0; token < residual.length; token++) {
      residual[token] = rmsNorm(residual[token], norm, sizes.rmsNormEps());
    }
    return residual;
  }

  /** The tied head of a task: {@code [tokens][vocabulary]}. */
  public double[][] logits(Task task, double[][] hidden) {
    return product(hidden, read(task == Task.MMU ? "embedding" : "img_embeddings.word_embeddings"));
  }

  /** The stream after a layer. */
  protected double[] residualAfter(int layer, double[] before, double[] out) {
    double[] after = new double[out.length];
    Arrays.setAll(after, i -> before[i] + out[i]);
    return after;
  }

  /** What is added to the mean square in the norm before a layer's mixer. */
  protected double normEpsilon(int layer) {
    return sizes.rmsNormEps();
  }

  /** What is added to the mean square in the norm behind a layer's gate. */
  protected double gateEpsilon(int layer) {
    return sizes.rmsNormEps();
  }

  /** Factor on the output of a layer's adapter. */
  protected double adapterScale(int layer) {
    return sizes.lora().alpha() / sizes.lora().rank();
  }

  /** By what a state is multiplied when a token comes. */
  protected double decay(int layer, double dt, double aLog) {
    return Math.exp(-dt * Math.exp(aLog));
  }

  /** One layer's mixer. */
  private final class Layer {
    private final int index;
    private final String name;
    private final String task;
    private final int inner = sizes.dInner();
    private final int states = sizes.dState();
    private final float[] convWeight;
    private final float[] convBias;
    private final float[] dtBias;
    private final float[] aLog;
    private final float[] skip;

    Layer(int index, Task task) {
      this.index = index;
      this.name = "layers." + index + ".";
      this.task = task == Task.MMU ? "mmu" : "t2i";
      this.convWeight = read(name + "mixer.conv1d");
      this.convBias = weights.readFloats(BACKBONE + name + "mixer.conv1d.bias");
      this.dtBias = weights.readFloats(BACKBONE + name + "mixer.dt_bias");
      this.aLog = weights.readFloats(BACKBONE + name + "mixer.A_log");
      this.skip = weights.readFloats(BACKBONE + name + "mixer.D");
    }

    /** What the layer adds to the stream, {@code [tokens][dModel]}. */
    double[][] mixed(double[][] residual, Observer observer) {
      double[][] projected = projected(residual);
      float[] norm = read(name + "mixer.norm");
      double[][] window = new double[sizes.dConv()][sizes.convDim()];
      double[] state = new double[inner * states];
      double[][] gated = new double[residual.length][];
      for (int token = 0; token < residual.length; token++) {
        double[] all = projected[token];
        double[] xbc = Arrays.copyOfRange(all, inner, inner + sizes.convDim());
        System.arraycopy(window, 1, window, 0, window.length - 1);
        window[window.length - 1] = xbc;
        double[] y = stateSpace(convolved(window), all, state);
        Arrays.setAll(y, i -> y[i] * PlainFunctions.silu(all[i]));
        gated[token] = rmsNorm(y, norm, gateEpsilon(index));
        observer.see(index, token, residual[token], xbc, state);
      }
      return product(gated, read(name + "mixer.out_proj"));
    }

    /** {@code in_proj} with the task's adapter: z, xBC, dt. */
    private double[][] projected(double[][] residual) {
      float[] norm = read(name + "norm");
      double[][] u = new double[residual.length][];
      Arrays.setAll(u, token -> rmsNorm(residual[token], norm, normEpsilon(index)));
      double[][] projected = product(u, read(name + "mixer.in_proj"));
      String adapter = name + "mixer.in_proj." + task + "_lora_";
      double[][] added = product(product(u, read(adapter + "A0")), read(adapter + "B0"));
      double scale = adapterScale(index);
      for (int token = 0; token < u.length; token++) {
        for (int i = 0; i < added[token].length; i++) {
          projected[token][i] += scale * added[token][i];
        }
      }
      return projected;
    }

    /** The newest output of the causal convolution, activated: x, B, C. */
    private double[] convolved(double[][] window) {
      double[] values = new double[sizes.convDim()];
      for (int channel = 0; channel < values.length; channel++) {
        double sum = convBias[channel];
        for (int tap = 0; tap < window.length; tap++) {
          sum += convWeight[channel * window.length + tap] * window[tap][channel];
        }
        values[channel] = PlainFunctions.silu(sum);
      }
      return values;
    }

    /** One token of the recurrence; changes the state. */
    private double[] stateSpace(double[] xbc, double[] all, double[] state) {
      double[] y = new double[inner];
      for (int head = 0; head < sizes.heads(); head++) {
        double dt = PlainFunctions.softplus(all[inner + sizes.convDim() + head] + dtBias[head]);
        double decay = decay(index, dt, aLog[head]);
        int first = head * sizes.headDim();
        for (int channel = first; channel < first + sizes.headDim(); channel++) {
          double x = xbc[channel];
          double sum = skip[head] * x;
          for (int i = 0; i < states; i++) {
            int at = channel * states + i;
            state[at] = state[at] * decay + dt * x * xbc[inner + i];
            sum += state[at] * xbc[inner + states + i];
          }
          y[channel] = sum;
        }
      }
      return y;
    }
  }

  /** A weight, without the end of its name. */
  private float[] read(String name) {
    return weights.readFloats(BACKBONE + name + ".weight");
  }

  private double[][] rows(String table, int[] ids) {
    float[] values = weights.readFloats(BACKBONE + table);
    return Arrays.stream(ids)
        .mapToObj(id -> widened(values, id * sizes.dModel(), sizes.dModel()))
        .toArray(double[][]::new);
  }

  private double[][] positioned(double[][] values, String table, int first) {
    float[] positions = weights.readFloats(BACKBONE + table);
    double[][] result = new double[values.length][sizes.dModel()];
    for (int token = 0; token < values.length; token++) {
      for (int i = 0; i < sizes.dModel(); i++) {
        result[token][i] = values[token][i] + positions[(first + token) * sizes.dModel() + i];
      }
    }
    return result;
  }

  private static void apply(double[][] values, DoubleUnaryOperator function) {
    for (double[] row : values) {
      Arrays.setAll(row, i -> function.applyAsDouble(row[i]));
    }
  }

  private static double[] widened(float[] values, int from, int count) {
    double[] result = new double[count];
    Arrays.setAll(result, i -> values[from + i]);
    return result;
  }
}
