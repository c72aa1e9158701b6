package org.omnimamba.training.objective;

import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.graph.mamba.TiedHeads;
import org.omnimamba.model.graph.mamba.TokenEmbeddings;
import org.omnimamba.training.config.Section;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Where image tokens stand while drawing is trained. The paper's model is {@link #DECOUPLED}; the
 * other one is what the paper compares it with, and is for that comparison only: the runtime serves
 * no model that was trained so.
 */
public enum Vocabulary {
  /** A table, an input projection and a head of their own, and an MLP for captions. */
  DECOUPLED {
    @Override
    Operand<TFloat32> caption(TokenEmbeddings embeddings, Operand<TInt64> ids) {
      return embeddings.caption(embeddings.text(ids));
    }

    @Override
    Operand<TFloat32> image(TokenEmbeddings embeddings, Operand<TInt64> ids) {
      return embeddings.image(ids);
    }

    @Override
    Operand<TFloat32> logits(TiedHeads heads, Operand<TFloat32> hidden) {
      return heads.logits(Task.T2I, hidden);
    }

    @Override
    Operand<TInt64> ids(Ops tf, LanguageModelConfig language, Operand<TInt64> imageIds) {
      return imageIds;
    }
  },
  /** The last rows of the text's table, which is the head for both. */
  SHARED {
    @Override
    Operand<TFloat32> caption(TokenEmbeddings embeddings, Operand<TInt64> ids) {
      return embeddings.text(ids);
    }

    @Override
    Operand<TFloat32> image(TokenEmbeddings embeddings, Operand<TInt64> ids) {
      return embeddings.text(ids);
    }

    @Override
    Operand<TFloat32> logits(TiedHeads heads, Operand<TFloat32> hidden) {
      return heads.logits(Task.MMU, hidden);
    }

    @Override
    Operand<TInt64> ids(Ops tf, LanguageModelConfig language, Operand<TInt64> imageIds) {
      long first = (long) language.textVocabSize() - language.imageVocabSize();
      return tf.math.add(imageIds, tf.constant(first));
    }
  };

  /** Embeddings of a prompt's ids. */
  abstract Operand<TFloat32> caption(TokenEmbeddings embeddings, Operand<TInt64> ids);

  /** Embeddings of image tokens, by their {@link #ids}. */
  abstract Operand<TFloat32> image(TokenEmbeddings embeddings, Operand<TInt64> ids);

  /** Logits over the vocabulary that {@link #ids} are of. */
  abstract Operand<TFloat32> logits(TiedHeads heads, Operand<TFloat32> hidden);

  /** The ids of image tokens in this vocabulary. */
  abstract Operand<TInt64> ids(Ops tf, LanguageModelConfig language, Operand<TInt64> imageIds);

  /** {@code objective.vocabulary}; decoupled if absent. */
  static Vocabulary of(Section objective) {
    return objective.choice("vocabulary", Vocabulary.class, DECOUPLED);
  }
}
