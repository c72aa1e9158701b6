/**
 * Fetches checkpoints from a model hub or the web, and makes model directories of them.
 *
 * <p>A {@link org.omnimamba.hub.models.ModelFetcher} is the whole: it takes {@code
 * hf:OWNER/NAME[@REVISION][:FILE]}, an {@code https:} address or a file, and gives a model
 * directory. Below it, {@link org.omnimamba.hub.repository} knows the hub's API and the cache,
 * {@link org.omnimamba.hub.download} brings one file here whole and checked, and {@link
 * org.omnimamba.hub.http} knows redirects, proxies, the token and retries.
 *
 * <p>Trust: a listing of the hub, over TLS, says which bytes a file has (SHA-256, or git's hash of
 * a small file). Whatever comes from elsewhere, a content delivery network for example, is checked
 * against it before it gets its name in the cache. Nothing that was fetched is executed. The token
 * goes to the hub alone.
 *
 * <p>Failures: a file appears in the cache whole and checked, or not at all. What a broken run left
 * is used by the next one. A lock of the operating system lets one process at a time fetch a
 * repository; it ends with its process.
 */
@NullMarked
package org.omnimamba.hub;

import org.jspecify.annotations.NullMarked;
