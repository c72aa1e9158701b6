@NullMarked
package org.omnimamba.model;

import org.jspecify.annotations.NullMarked;
