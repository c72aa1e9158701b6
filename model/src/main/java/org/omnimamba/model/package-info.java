/**
 * OmniMamba as a library: load a model, draw a picture, ask about one.
 *
 * <pre>{@code
 * try (OmniMamba model = OmniMamba.load(directory, RuntimeOptions.cpu())) {
 *   PromptLayouts prompts = new PromptLayouts(model.config(), model.tokenizer());
 *   GenerationOptions options =
 *       GenerationOptions.of(SamplingParameters.defaults().withSeed(7)).withMaxNewTokens(64);
 *
 *   // draw
 *   Prompt caption = prompts.t2i("a red apple, noto style", Truncation.AUTO);
 *   ImageResult drawn = new ImageGenerator(model).generate(caption, options, TokenListener.NONE);
 *   RgbImage picture = Objects.requireNonNull(drawn.image());
 *   Files.write(file, ImageEncoder.png(picture));
 *
 *   // ask about it
 *   Prompt question = prompts.question("what is this?", Truncation.AUTO);
 *   TextResult answer =
 *       new TextGenerator(model).generate(question, picture, options, TokenListener.NONE);
 *   return answer.text();
 * }
 * }</pre>
 *
 * <p>{@link org.omnimamba.model.OmniMamba} is a model directory, loaded. The generators drive one
 * sequence each, {@link org.omnimamba.model.SlotBatch} many; another driver uses the parts that the
 * model gives out.
 */
@NullMarked
package org.omnimamba.model;

import org.jspecify.annotations.NullMarked;
