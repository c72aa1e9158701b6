/**
 * What comes back from the services: passed on byte by byte as it arrives, never held back.
 *
 * <p>On the way tokens are counted for the limits, a stream that falls silent is ended (services
 * send a comment every 15 seconds, so silence means that something broke), and a stream that breaks
 * between two events is closed with an {@code error} event in the API's envelope. One that breaks
 * within an event is cut off instead, because nothing valid could be appended to it.
 */
@NullMarked
package org.omnimamba.gateway.streaming;

import org.jspecify.annotations.NullMarked;
