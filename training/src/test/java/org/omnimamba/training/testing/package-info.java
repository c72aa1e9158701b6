/** What tests of several packages share. */
package org.omnimamba.training.testing;
