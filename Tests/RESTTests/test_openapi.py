"""The document that describes the API: that it is valid, true, and tells of everything."""

import copy
import json

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from rest import key_path
from servers import ROOT
from test_routes import ROUTES

SOURCE = ROOT / "Sources/RESTPages/Resources/openapi.json"
DOCUMENT = json.loads(SOURCE.read_text())
JSON = "application/json"


def resolved(node):
    while "$ref" in node:
        reference, node = node["$ref"], DOCUMENT
        for name in reference.removeprefix("#/").split("/"):
            node = node[name]
    return node


def operations():
    for path, item in DOCUMENT["paths"].items():
        for method in item.keys() & {"get", "head", "post", "put", "delete"}:
            yield pytest.param(path, method, item[method], id=f"{method.upper()} {path}")


OPERATIONS = sorted(operations(), key=lambda parameter: parameter.id)


def check_value(schema, value, strict=False):
    """Strict: members that a schema doesn't name are wrong, too, where the document lets a client ignore them."""
    components = DOCUMENT["components"]
    if strict:
        components = copy.deepcopy(components)
        for its_schema in components["schemas"].values():
            forbid_more(its_schema)
    errors = Draft202012Validator({**schema, "components": components}).iter_errors(value)
    assert not [f"{error.json_path}: {error.message}" for error in errors], value


def forbid_more(schema):
    if "properties" in schema:
        schema.setdefault("additionalProperties", False)
    for inner in [*schema.get("properties", {}).values(), *schema.get("oneOf", []), *schema.get("anyOf", [])]:
        forbid_more(inner)


def examples(content):
    assert content["examples"], content
    for name, example in content["examples"].items():
        assert example["summary"], name
        yield example["value"]


class TestDocument:
    def test_it_is_valid(self):
        errors = list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors())
        assert not errors, errors

    def test_the_version_is_left_to_the_server(self):
        assert DOCUMENT["info"]["version"] == "@VERSION@" and SOURCE.read_text().count("@VERSION@") == 1

    def test_the_routes_are_those_that_there_are(self):
        documented = {
            path.replace("{key}", "k"): sorted(item.keys() & {"get", "post", "put", "delete"})
            for path, item in DOCUMENT["paths"].items()
        }
        assert documented == {path: [method.lower() for method in methods] for path, methods in ROUTES.items()}
        # The seed's stand first.
        assert list(DOCUMENT["paths"])[:5] == [
            "/api/healthcheck",
            "/api/cache/stats",
            "/api/cache/keys",
            "/api/cache/key/{key}",
            "/api/cache/invalidate-all",
        ]

    @pytest.mark.parametrize("path, method, operation", OPERATIONS)
    def test_operations_are_described(self, path, method, operation):
        assert operation["operationId"] and operation["summary"] and operation["description"] and operation["tags"]
        for parameter in operation.get("parameters", []) + DOCUMENT["paths"][path].get("parameters", []):
            parameter = resolved(parameter)
            assert parameter["description"]
            for value in examples(parameter):
                check_value(parameter["schema"], value)
        for status, response in operation["responses"].items():
            response = resolved(response)
            assert response["description"]
            assert method == "head" or status == "304" or response["content"], status
            for content in response.get("content", {}).values():
                for value in examples(content):
                    check_value(content["schema"], value, strict=True)
        for content in operation.get("requestBody", {}).get("content", {}).values():
            for value in examples(content):
                check_value(content["schema"], value)

    def test_nothing_is_left_over(self):
        text = SOURCE.read_text()
        for kind in ["schemas", "parameters", "headers", "responses"]:
            for name in DOCUMENT["components"][kind]:
                # 405 is the answer to what isn't an operation.
                assert f'"#/components/{kind}/{name}"' in text or name == "MethodNotAllowed", name

    def test_ids_are_unique(self):
        ids = [parameter.values[2]["operationId"] for parameter in OPERATIONS]
        assert len(set(ids)) == len(ids)


def test_it_is_served_with_the_version(ocm):
    response = ocm.rest.get("/api/openapi.json")
    served = response.json
    assert response.status == 200 and served["info"]["version"] == ocm.rest.get("/api/cache/stats").json["version"]
    assert served["info"]["version"] in ocm.log
    served["info"]["version"] = "@VERSION@"
    assert served == DOCUMENT


@pytest.mark.parametrize("path, method, operation", OPERATIONS)
def test_examples_of_requests_work(path, method, operation, rest):
    """Each is sent as it stands, with examples for all parameters, and answered as the document says."""
    parameters = [resolved(parameter) for parameter in operation.get("parameters", [])]
    query = "&".join(
        f"{parameter['name']}={next(examples(parameter))}"
        for parameter in parameters
        # A cursor is only good with the server that gave it.
        if parameter["in"] == "query" and parameter["name"] != "cursor"
    )
    headers = {parameter["name"]: next(examples(parameter)) for parameter in parameters if parameter["in"] == "header"}
    keys = examples(resolved(DOCUMENT["components"]["parameters"]["Key"])) if "{key}" in path else [""]
    bodies = [
        (kind, value)
        for kind, content in operation.get("requestBody", {}).get("content", {}).items()
        for value in examples(content)
    ] or [(None, None)]
    for key in keys:
        target = path.replace("/api/cache/key/{key}", key_path(key)) + (f"?{query}" if query else "")
        for kind, body in bodies:
            if kind == JSON:
                body, headers["Content-Type"] = json.dumps(body).encode(), JSON
            elif kind is not None:
                body = body.encode()
            response = rest.request(method.upper(), target, body, headers)
            is_read = method in ("get", "head") and "{key}" in path
            assert response.status == (404 if is_read else 200), (target, body, response)
            check_response(operation, response, method)


def check_response(operation, response, method):
    """The answer is as described, and has no member that isn't described."""
    described = resolved(operation["responses"][str(response.status)])
    for name, header in described.get("headers", {}).items():
        header = resolved(header)
        assert response[name] is not None or not header.get("required"), name
        if response[name] is not None:
            check_value(header["schema"], response[name])
    if method == "head":
        return
    content = described["content"][response["content-type"].split(";")[0]]
    if response["content-type"].split(";")[0] == JSON:
        check_value(content["schema"], json.loads(response.plain), strict=True)


def test_answers_have_nothing_that_is_not_described(ocm):
    rest = ocm.rest
    with ocm.resp() as client:
        client.mset({b"\xff": b"\xff", "text": "text", "json": "{}"})
        client.set("large", "x" * 5000, ex=100)
        for _ in range(50):
            client.mget(b"\xff", "text"), client.get("missing")
        with pytest.raises(Exception, match="wrong number"):
            client.execute_command("GET")
    for method, path, target, body, headers in [
        ("get", "/api/cache/stats", None, None, {}),
        ("get", "/api/cache/keys", None, None, {}),
        ("get", "/api/cache/keys", "/api/cache/keys?limit=1", None, {}),
        ("get", "/api/cache/key/{key}", "/api/cache/key/text", None, {}),
        ("get", "/api/cache/key/{key}", "/api/cache/key/json", None, {}),
        ("get", "/api/cache/key/{key}", "/api/cache/key/%FF", None, {}),
        ("get", "/api/cache/key/{key}", "/api/cache/key/%FE", None, {}),
        ("get", "/api/cache/key/{key}", "/api/cache/key/large", None, {"Accept-Encoding": "gzip"}),
        ("get", "/api/cache/key/{key}", "/api/cache/key/text", None, {"Accept": "application/octet-stream"}),
        ("head", "/api/cache/key/{key}", "/api/cache/key/text", None, {}),
        ("delete", "/api/cache/key/{key}", "/api/cache/key/%FE", None, {}),
        ("post", "/api/cache/key/{key}", "/api/cache/key/%FE", b'{"value":1}', {"Content-Type": JSON}),
        ("post", "/api/cache/batch-get", None, b'{"keys":["text","missing"]}', {"Content-Type": JSON}),
        ("post", "/api/command", None, b'["MGET","text","missing"]', {"Content-Type": JSON}),
        ("post", "/api/command", None, b'["GET","\xc3\xbf"]', {"Content-Type": JSON}),
        ("post", "/api/command", None, b'["GET"]', {"Content-Type": JSON}),
        ("post", "/api/command", None, b'["GET"]', {}),
        ("get", "/api/healthcheck", None, None, {}),
        ("get", "/api/healthcheck", None, None, {"Host": "evil.example"}),
        ("get", "/metrics", None, None, {}),
        ("get", "/metrics", None, None, {"Accept": "application/openmetrics-text"}),
    ]:
        response = rest.request(method.upper(), target or path, body, headers)
        check_response(DOCUMENT["paths"][path][method], response, method)
