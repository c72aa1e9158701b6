/**
 * Repositories of a model hub that speaks Hugging Face's API, and the cache of what they hold.
 *
 * <p>The cache, by default {@code $OMNIMAMBA_HOME/hub}:
 *
 * <pre>
 * models--OWNER--NAME/
 *   refs/REVISION          the commit that a branch or tag was last seen at
 *   listings/COMMIT.json   names, sizes and hashes of its files; a commit never changes
 *   blobs/HASH             contents
 *   snapshots/COMMIT/...   the files by their names: links to blobs
 * files/KEY/NAME           a file of the web, with source.json beside it
 * converted/NAME/          model directories made of these
 * </pre>
 *
 * <p>A revision that is a whole commit hash needs no network when it is here. For others the hub is
 * asked what they mean today; when it cannot be reached, what they meant last is used.
 */
@NullMarked
package org.omnimamba.hub.repository;

import org.jspecify.annotations.NullMarked;
