-- 查阅目的: whoever reads personal data by a command on the host says why, in words of their own; null for what people ask
-- through the graph, where the question tells.
ALTER TABLE personal_data_reads ADD COLUMN purpose text;
