/**
 * Pictures that have labels and no texts: what training needs of them, whatever they show. A
 * collection of pictures implements {@link org.omnimamba.training.data.labelled.LabelledPictures}.
 */
@NullMarked
package org.omnimamba.training.data.labelled;

import org.jspecify.annotations.NullMarked;
