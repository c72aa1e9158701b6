/** What tests of several packages and modules share: golden numbers and the tiny model. */
@NullMarked
package org.omnimamba.model.testing;

import org.jspecify.annotations.NullMarked;
