/**
 * Measures a model on scenes. {@link org.omnimamba.training.scenes.judge.SceneJudge} is no part of
 * any model: it cuts pictures into objects by their pixels and names these with a discriminant that
 * was trained on sprites alone.
 */
@NullMarked
package org.omnimamba.training.scenes.judge;

import org.jspecify.annotations.NullMarked;
