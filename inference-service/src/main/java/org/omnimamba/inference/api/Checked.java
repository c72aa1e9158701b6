package org.omnimamba.inference.api;

import java.util.function.Supplier;

/**
 * A request whose fields are right, before anything costly was done for it.
 *
 * @param sequences that it generates
 * @param tokens of its prompt and of all its completions at their longest
 * @param prepare does the costly rest, such as decoding its picture; fails with an {@link
 *     ApiException} naming the field that is wrong
 * @param <J> the request once it can be run
 */
public record Checked<J>(int sequences, long tokens, Supplier<J> prepare) {}
