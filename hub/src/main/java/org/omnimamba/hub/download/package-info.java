/**
 * One file from an address to the disk, whole and checked.
 *
 * <p>A file is fetched in <em>pieces</em>, several at once. Beside the unfinished file {@code
 * X.partial} stands {@code X.partial.json}: the file's size, the server's validator (ETag) and how
 * far each piece is. A later run goes on from there if the validator is the same; the hash, which
 * is checked over the whole file at the end, tells in any case. A server that does not give ranges
 * is asked for the file from its beginning. Only a checked file gets its name.
 */
@NullMarked
package org.omnimamba.hub.download;

import org.jspecify.annotations.NullMarked;
