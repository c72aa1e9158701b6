package org.omnimamba.training.icons;

import java.util.List;

/**
 * What an emoji shows, in any style.
 *
 * @param hexcode code points in upper-case hexadecimal without variation selectors, such as {@code
 *     1F34E}
 * @param label emojibase's name
 * @param name name for captions and answers: {@link ConceptNames}
 * @param tags further words, in emojibase's order
 * @param group broad kind
 * @param subgroup narrower kind
 * @param order rank in Unicode's order
 */
public record Concept(
    String hexcode,
    String label,
    String name,
    List<String> tags,
    String group,
    String subgroup,
    int order) {}
