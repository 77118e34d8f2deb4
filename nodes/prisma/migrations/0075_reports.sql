-- 转报: by when an organ outside is expected to answer a case, while it runs; null for all others.
ALTER TABLE cases ADD COLUMN report_due_at timestamptz(3);
CREATE INDEX cases_report_due ON cases (node, report_due_at) WHERE report_due_at IS NOT NULL;
