package org.omnimamba.hub.download;

import java.net.URI;

/**
 * A file somewhere else.
 *
 * @param name as people know it
 * @param address where it is, perhaps behind redirects
 * @param size in bytes; negative if nobody said
 * @param hash of the right content
 */
public record RemoteFile(String name, URI address, long size, ContentHash hash) {

  public RemoteFile withSize(long value) {
    return new RemoteFile(name, address, value, hash);
  }
}
