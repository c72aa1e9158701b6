/**
 * {@code POST /mcp}: the platform as tools of the Model Context Protocol, over its streamable HTTP.
 *
 * <p>The protocol is that of the official Java SDK: its stateless server, so that any gateway may
 * answer any request. The SDK brings transports for servlets only, so the one for WebFlux is here
 * ({@link org.omnimamba.gateway.mcp.McpEndpoint}): a message comes in as a body and its answer goes
 * out as JSON, which the protocol allows beside event streams.
 *
 * <p>A tool's call goes to the gateway's own API with the caller's key, over HTTP to the address
 * that the message came to. So it passes the same filters as any request: scopes, limits, sizes,
 * the choice of a replica.
 */
@NullMarked
package org.omnimamba.gateway.mcp;

import org.jspecify.annotations.NullMarked;
