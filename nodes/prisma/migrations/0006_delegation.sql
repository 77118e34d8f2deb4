-- 授权: grants this node gave, was given, or goes by; each a signed document with the documents that followed it.
CREATE TABLE delegations (
  node text NOT NULL,
  id uuid NOT NULL,
  grantor text NOT NULL,
  grantee text NOT NULL,
  seq integer NOT NULL,
  items text[] NOT NULL,
  -- JWS of the grant; null while only its end has come
  grant_jws text,
  answer_jws text,
  end_jws text,
  -- why the grantee's node did not take it
  refusal_code text,
  refusal_reason text,
  PRIMARY KEY (node, id)
);
CREATE INDEX delegations_items ON delegations USING gin (items);
CREATE INDEX delegations_parties ON delegations (node, grantor, grantee);

-- 请求下放: powers asked for.
CREATE TABLE delegation_requests (
  node text NOT NULL,
  id uuid NOT NULL,
  grantor text NOT NULL,
  grantee text NOT NULL,
  request_jws text NOT NULL,
  -- the grantor's decline; a grant that answers it names the request
  answer_jws text,
  PRIMARY KEY (node, id)
);
