/**
 * Files that clients upload and download, in pieces of one size, so that a file is never whole in
 * memory and any part of it can be read: in the service's own database, or by configuration in a
 * store that speaks S3, as results are.
 *
 * <p>A file is seen once all of it is there. An upload that breaks off is removed at once, or by
 * {@link org.omnimamba.jobs.file.FileStore#clean} when its process was lost.
 */
@NullMarked
package org.omnimamba.jobs.file;

import org.jspecify.annotations.NullMarked;
