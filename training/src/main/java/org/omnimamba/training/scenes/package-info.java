/**
 * Scenes: pictures of one to four sprites whose truth is known, made while training, without end.
 *
 * <pre>
 *   sprites --&gt; ScenePlanner --&gt; Scene --&gt; SceneComposer --&gt; pixels
 *               (what is where)   |
 *                                 +--&gt; scenes.text: captions, questions and answers
 *                                 +--&gt; scenes.judge: what a drawing is held against
 * </pre>
 *
 * A plan is a pure function of the sprites and of random numbers, and so are its pixels and words.
 * What a scene says is true of its pixels by construction: the colour of an object is the one that
 * is found on its pixels after they were painted or altered, and places are kept apart.
 */
@NullMarked
package org.omnimamba.training.scenes;

import org.jspecify.annotations.NullMarked;
