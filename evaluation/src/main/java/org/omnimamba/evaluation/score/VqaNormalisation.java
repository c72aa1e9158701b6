package org.omnimamba.evaluation.score;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** VQA's normalisation of answers: punctuation, number words, articles, contractions. */
final class VqaNormalisation {
  private static final String PUNCTUATION = ";/[]\"{}()=+\\_-><@`,?!";
  private static final Pattern COMMA_IN_NUMBER = Pattern.compile("\\d,+\\d");
  private static final Pattern DOT = Pattern.compile("\\.(?!\\d)");

  /** VQA's program removes no more dots than this, by a slip that became the rule. */
  private static final int MOST_DOTS = 32;

  private static final Set<String> ARTICLES = Set.of("a", "an", "the");

  private static final Map<String, String> NUMBERS =
      Map.ofEntries(
          Map.entry("none", "0"),
          Map.entry("zero", "0"),
          Map.entry("one", "1"),
          Map.entry("two", "2"),
          Map.entry("three", "3"),
          Map.entry("four", "4"),
          Map.entry("five", "5"),
          Map.entry("six", "6"),
          Map.entry("seven", "7"),
          Map.entry("eight", "8"),
          Map.entry("nine", "9"),
          Map.entry("ten", "10"));

  /** What is written with apostrophes; a spelling that lacks one of them becomes this. */
  private static final String CONTRACTED =
      """
      ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've hasn't
      haven't he'd he'd've he's how'd how'll how's isn't it'd it'd've it'll ma'am mightn't
      mightn't've might've mustn't must've needn't not've o'clock oughtn't 'ow's'at shan't she'd've
      should've shouldn't shouldn't've somebody'd've somebody'll somebody's someone'd someone'd've
      someone'll someone's something'd something'd've something'll that's there'd there'd've
      there're there's they'd they'd've they'll they're they've 'twas wasn't we'd've we've weren't
      what'll what're what's what've when's where'd where's where've who'd who'd've who'll who's
      who've why'll why're why's won't would've wouldn't wouldn't've y'all y'all'll y'all'd've
      you'd you'd've you'll you're you've
      """;

  private static final Map<String, String> CONTRACTIONS = contractions();

  private VqaNormalisation() {}

  /** Line breaks and tabs are spaces, and there are none around. */
  static String oneLine(String text) {
    return text.replace('\n', ' ').replace('\t', ' ').strip();
  }

  /** The whole normalisation; the result is in lower case. */
  static String normalise(String text) {
    return words(punctuation(text));
  }

  /** What LLaVA's converter and lmms-eval send to the challenge's server. */
  static String forServer(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return normalise(oneLine(lower.replace(",", "").replace("?", "").replace("'s", " 's").strip()));
  }

  private static String punctuation(String text) {
    boolean number = COMMA_IN_NUMBER.matcher(text).find();
    String out = text;
    for (char mark : PUNCTUATION.toCharArray()) {
      boolean beside = text.contains(mark + " ") || text.contains(" " + mark);
      out = out.replace(String.valueOf(mark), beside || number ? "" : " ");
    }
    return withoutDots(out);
  }

  private static String withoutDots(String text) {
    Matcher matcher = DOT.matcher(text);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < MOST_DOTS && matcher.find(); i++) {
      matcher.appendReplacement(out, "");
    }
    return matcher.appendTail(out).toString();
  }

  private static String words(String text) {
    List<String> words = new ArrayList<>();
    for (String word : text.toLowerCase(Locale.ROOT).strip().split("\\s+")) {
      String plain = NUMBERS.getOrDefault(word, word);
      if (!plain.isEmpty() && !ARTICLES.contains(plain)) {
        words.add(CONTRACTIONS.getOrDefault(plain, plain));
      }
    }
    return String.join(" ", words);
  }

  /** Each of them by its spellings that lack one apostrophe. */
  private static Map<String, String> contractions() {
    Map<String, String> spellings = new HashMap<>();
    for (String whole : CONTRACTED.strip().split("\\s+")) {
      for (int at = whole.indexOf('\''); at >= 0; at = whole.indexOf('\'', at + 1)) {
        spellings.put(whole.substring(0, at) + whole.substring(at + 1), whole);
      }
    }
    // VQA's program turns this one round
    spellings.put("somebody'd", "somebodyd");
    return Map.copyOf(spellings);
  }
}
