"""The API reference that the product was ordered with, taken apart: its text says what these tests do and expect."""

import dataclasses
import json
import pathlib
import re

TEXT = (pathlib.Path(__file__).parent / "api-reference.ja.md").read_text()


@dataclasses.dataclass
class Block:
    """A block of code, and where it stands."""

    heading: str
    caption: str
    language: str
    text: str

    @property
    def lines(self):
        """Its lines, but for comments and empty ones."""
        return [line for line in self.text.splitlines() if line.strip() and not line.startswith("#")]

    @property
    def json(self):
        """What it says; people may comment JSON in a document."""
        return json.loads(re.sub(r"\s+//.*", "", self.text))


def parse(text):
    """Yields every block in the document's order."""
    heading = caption = ""
    block = None
    for line in text.splitlines():
        if block is not None:
            if line == "```":
                yield block
                block = None
            else:
                block.text += line + "\n"
        elif line.startswith("```"):
            block = Block(heading, caption, line[3:], "")
        elif line.startswith("#"):
            heading, caption = line.lstrip("# "), ""
        elif line.startswith("**"):
            caption = line.strip("*：")


class Document:
    """The blocks that no test has taken yet."""

    def __init__(self, text):
        self.left = list(parse(text))

    def take(self, heading, language, caption=""):
        """The first such block that is left."""
        for block in self.left:
            if block.heading == heading and block.language == language and block.caption.startswith(caption):
                self.left.remove(block)
                return block
        raise LookupError(f"there is no block of {language or 'plain text'} under {heading} {caption}")


@dataclasses.dataclass
class Endpoint:
    """What the document says of one endpoint."""

    signatures: list
    curl: str
    responses: list
    body: dict | None


DOCUMENT = Document(TEXT)


def take_endpoint(heading):
    signatures = DOCUMENT.take(heading, "").lines
    body = DOCUMENT.take(heading, "json", "リクエストボディ").json if heading == "キャッシュに値を設定" else None
    curl = DOCUMENT.take(heading, "bash", "リクエスト例").text
    responses = []
    while any(block.heading == heading for block in DOCUMENT.left):
        responses.append(DOCUMENT.take(heading, "json", "レスポンス例").json)
    return Endpoint(signatures, curl, responses, body)


SERVER_COMMANDS = DOCUMENT.take("APIサーバーの起動", "bash").lines
SERVER_MESSAGES = DOCUMENT.take("APIサーバーの起動", "").lines
HEALTHCHECK = take_endpoint("ヘルスチェック")
STATS = take_endpoint("キャッシュ統計の取得")
KEYS = take_endpoint("キー一覧の取得")
GET = take_endpoint("キャッシュから値を取得")
SET = take_endpoint("キャッシュに値を設定")
INVALIDATE = take_endpoint("キャッシュから値を削除")
INVALIDATE_ALL = take_endpoint("すべてのキャッシュを削除")
ERROR = DOCUMENT.take("エラーレスポンス", "json").json
BASIC_USE = DOCUMENT.take("基本的な使用方法", "python").text
COMMANDS = DOCUMENT.take("コマンドラインインターフェース", "bash").lines
BASIC_EXAMPLE = DOCUMENT.take("基本的な使用例", "python").text
BATCH_EXAMPLE = DOCUMENT.take("バッチ処理の例", "python").text
MONITORING = DOCUMENT.take("モニタリング統合", "python").text
DASHBOARD = DOCUMENT.take("ダッシュボード連携", "python").text
DEPLOYMENT = DOCUMENT.take("大規模デプロイメント", "").text
