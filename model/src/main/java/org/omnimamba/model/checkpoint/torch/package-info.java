/**
 * PyTorch's {@code .pth} files, read without PyTorch. {@link
 * org.omnimamba.model.checkpoint.torch.PthReader} is the only entry: all other classes interpret
 * untrusted pickles and ZIP archives, and are visible to no other package.
 */
@NullMarked
package org.omnimamba.model.checkpoint.torch;

import org.jspecify.annotations.NullMarked;
