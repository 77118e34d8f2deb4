-- 办理窗口: where a window is, when it is open, and its phone, as the guide tells them.
ALTER TABLE windows ADD COLUMN place text, ADD COLUMN hours text, ADD COLUMN phone text;
