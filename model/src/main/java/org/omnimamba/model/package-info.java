/**
 * OmniMamba as a library. {@link org.omnimamba.model.OmniMamba} is a model directory, loaded; a
 * {@link org.omnimamba.model.ImageGenerator} draws a picture with it, a {@link
 * org.omnimamba.model.TextGenerator} answers a question about one.
 */
@NullMarked
package org.omnimamba.model;

import org.jspecify.annotations.NullMarked;
