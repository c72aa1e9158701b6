package org.omnimamba.evaluation.score;

import org.omnimamba.evaluation.data.Question;

/**
 * A question with a model's answer.
 *
 * @param question what was asked
 * @param answer what the model said, unchanged
 * @param judgement what it is worth
 */
public record Scored(Question question, String answer, Judgement judgement) {}
