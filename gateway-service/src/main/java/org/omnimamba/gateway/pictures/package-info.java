/**
 * Pictures as addresses in place of bytes in an answer ({@code "response_format": "url"}).
 *
 * <p>Services only know {@code b64_json}. Here the request is changed into one for that, each
 * picture of the answer is kept for an hour, and its place in the answer is taken by an address
 * under {@code /v1/images/files}. The address alone gives the picture, without a key, as with
 * OpenAI: the address holds 128 random bits and the time of its end, and is signed, so that a
 * made-up one is refused before anything is looked for.
 *
 * <p>Pictures are kept in PostgreSQL if the gateway has one, where every gateway finds them and a
 * restart loses none; else in this process's memory, which is enough for one gateway. Either way a
 * tenant's oldest pictures make room for its new ones.
 */
@NullMarked
package org.omnimamba.gateway.pictures;

import org.jspecify.annotations.NullMarked;
