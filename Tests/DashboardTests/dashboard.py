"""The dashboard in a browser, as a user sees and uses it."""

import base64

from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from servers import ROOT, wait_until

SCREENSHOTS = ROOT / ".build-screenshots"
PHONE = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
# What the page must not do is noted here by the browser itself, from before the page's own script runs.
WITNESS = """
window.violations = [];
addEventListener('securitypolicyviolation', event => violations.push(event.violatedDirective + ' ' + event.blockedURI));
"""


class Dashboard:
    def __init__(self, driver, origin):
        self.driver, self.origin, self.expected = driver, origin, []

    # Going there.

    def open(self, fragment=""):
        self.driver.get("about:blank")
        self.driver.get(f"{self.origin}/{fragment}")
        return self

    def key(self, name):
        """Opens a key by its name in the address, percent-encoded."""
        self.open(f"#keys?key={name}")
        self.until("the key is shown", lambda: self.all("#detail h2") and not self.all("#detail[aria-busy]"))

    def search(self, text):
        field = self.one("#q")
        field.clear()
        field.send_keys(text + Keys.ENTER)
        self.settled()

    def settled(self):
        self.until("the list of keys is there", lambda: self.text("#list-status") and not self.all("#list[aria-busy]"))

    def phone(self, width=360):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE | {"width": width})
        self.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def prefer(self, **features):
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": named})

    # Seeing.

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.one(selector).text.replace("\N{NO-BREAK SPACE}", " ")

    def texts(self, selector):
        return [element.text.replace("\N{NO-BREAK SPACE}", " ") for element in self.all(selector)]

    def content(self, selector):
        """The text of an element as it is in the document, however it is laid out."""
        return self.driver.execute_script("return document.querySelector(arguments[0]).textContent", selector)

    def fact(self, card, name):
        """A figure of a list of names and figures."""
        rows = [row.text.replace("\N{NO-BREAK SPACE}", " ").split("\n") for row in self.all(f"#{card} > div")]
        return dict(row for row in rows if len(row) == 2)[name]

    def keys(self):
        return self.texts("#list a")

    def focused(self):
        return self.driver.switch_to.active_element

    def script(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def until(self, what, condition, seconds=20):
        def attempt():
            try:
                return condition()
            except (NoSuchElementException, StaleElementReferenceException):
                return False

        try:
            return wait_until(what, attempt, seconds)
        except AssertionError as error:
            self.screenshot("failure")
            raise AssertionError(f"{error}; {SCREENSHOTS}/failure.png shows the page") from None

    def until_text(self, selector, wanted):
        self.until(f"{selector} says {wanted}", lambda: wanted in self.text(selector))

    # Doing.

    def press(self, label, within="body"):
        def pressed():
            for button in self.all(f"{within} button, {within} a"):
                if button.text == label and button.is_displayed():
                    button.click()
                    return True

        self.until(f"there is a button {label!r} in {within}", pressed)

    def keyboard(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def choose(self, within, label):
        self.one(f"#{within} .seg").find_element(By.XPATH, f".//label[span='{label}']").click()

    def write(self, selector, text):
        """Enters a text all at once, as pasting does."""
        self.script(
            "const [field, text] = arguments; field.focus(); field.select();"
            "text ? document.execCommand('insertText', false, text) : document.execCommand('delete')",
            self.one(selector),
            text,
        )

    def submit(self, dialog):
        """Presses the dialog's main button and waits until it has done what it does."""
        button = self.one(f"#{dialog} .primary")
        button.click()
        self.until("the dialog has done its work", lambda: not button.is_displayed() or button.is_enabled())

    def is_open(self, dialog):
        return self.one(f"#{dialog}").get_attribute("open") is not None

    def screenshot(self, name, whole=False):
        SCREENSHOTS.mkdir(exist_ok=True)
        options = {"captureBeyondViewport": True} if whole else {}
        if whole:
            height = self.script("return document.documentElement.scrollHeight")
            width = self.script("return innerWidth")
            options["clip"] = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", options)
        (SCREENSHOTS / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))

    # Judging.

    def complaints(self):
        """What the browser has complained of, except for answers with a status that the test expects."""
        logged = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] != "INFO"]
        unexpected = [line for line in logged if not any(reason in line for reason in self.expected)]
        return unexpected + (self.script("return window.violations") or [])

    def expect_status(self, *statuses):
        self.expected += [f"the server responded with a status of {status}" for status in statuses]
