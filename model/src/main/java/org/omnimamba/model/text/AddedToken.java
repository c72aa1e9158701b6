package org.omnimamba.model.text;

/**
 * A token that is found in text before the BPE model sees it.
 *
 * @param id its id
 * @param content what it looks like in text
 * @param special whether decoding without special tokens leaves it out
 * @param normalized whether it is looked for after normalisation
 * @param control whether it steers the model, and is no text that a user writes: a special token or
 *     one of those that the reference adds. Others, such as runs of spaces, are text.
 */
record AddedToken(int id, String content, boolean special, boolean normalized, boolean control) {}
