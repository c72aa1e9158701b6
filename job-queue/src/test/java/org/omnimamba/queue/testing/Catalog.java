package org.omnimamba.queue.testing;

/** What a database's tables, functions and triggers are, as text that two databases can share. */
public final class Catalog {
  private static final String DESCRIPTION =
      """
      SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
        SELECT concat_ws(' ', 'column', c.table_name, c.ordinal_position, c.column_name,
          c.data_type, c.is_nullable, c.column_default, c.identity_generation)
        FROM information_schema.columns c WHERE c.table_schema = 'public'
        UNION ALL
        SELECT concat_ws(' ', 'table', c.oid::regclass, c.relkind, c.reloptions::text)
        FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'S')
        UNION ALL
        SELECT concat_ws(' ', 'constraint', c.conrelid::regclass, c.conname,
          pg_get_constraintdef(c.oid))
        FROM pg_constraint c WHERE c.connamespace = 'public'::regnamespace
        UNION ALL
        SELECT concat_ws(' ', 'index', i.indexdef) FROM pg_indexes i WHERE i.schemaname = 'public'
        UNION ALL
        SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(t.oid)) FROM pg_trigger t
        WHERE NOT t.tgisinternal
        UNION ALL
        SELECT concat_ws(' ', 'function', pg_get_functiondef(p.oid)) FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace
      ) AS catalog (line)
      -- neither Flyway's own tables nor the partitions of this day and the next
      WHERE line !~ '_schema_history' AND line !~ 'queue_result_[0-9]{8}'
      """;

  private Catalog() {}

  /** All of the public schema, one thing after the other. */
  public static String of(TestDatabase database) {
    return database.text(DESCRIPTION);
  }
}
