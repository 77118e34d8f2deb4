-- 个人信息查阅日志: who read which personal data of whom's case, when, in which post, and what was asked; append-only. It
-- holds no personal data of applicants itself.
CREATE TABLE personal_data_reads (
  node text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz(3) NOT NULL,
  -- the person's stable id and name from the token, and where and as what the person works
  person text NOT NULL,
  person_name text NOT NULL,
  division text NOT NULL,
  roles text[] NOT NULL,
  -- CASE or ENQUIRY, and its id
  subject_kind text NOT NULL,
  subject text NOT NULL,
  -- fields of the graph, say Case.applicant.phone
  fields text[] NOT NULL,
  -- whether numbers were masked
  masked boolean NOT NULL,
  -- the field at the root of the question: for what it was asked
  question text NOT NULL,
  trace text,
  PRIMARY KEY (node, id)
);
CREATE INDEX personal_data_reads_subject ON personal_data_reads (node, subject, id);
CREATE FUNCTION personal_data_reads_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'personal_data_reads is append-only';
END
$$;
CREATE TRIGGER personal_data_reads_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON personal_data_reads
  FOR EACH STATEMENT EXECUTE FUNCTION personal_data_reads_is_append_only();
