/**
 * PyTorch's {@code .pth} files, read without PyTorch. {@link
 * org.omnimamba.model.checkpoint.torch.PthReader} is the only door: what is behind it interprets
 * untrusted pickles and ZIP archives, and is visible to no other package.
 */
@NullMarked
package org.omnimamba.model.checkpoint.torch;

import org.jspecify.annotations.NullMarked;
