"""Scripts that judge what a page shows, as a reviewer would with the browser's tools."""

# The least contrast of any text that is shown, and that text.
CONTRAST = """
const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
function rgba(colour) {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
}
const linear = v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
const luminance = ([r, g, b]) => .2126 * linear(r / 255) + .7152 * linear(g / 255) + .0722 * linear(b / 255);
const over = (top, under) => [0, 1, 2].map(i => (top[i] * top[3] + under[i] * (255 - top[3])) / 255).concat(255);
const behind = node => node ? over(rgba(getComputedStyle(node).backgroundColor), behind(node.parentElement))
  : [255, 255, 255, 255];
const exempt = '.sr, .skip, svg, script, style, :disabled, input:disabled + span';
let worst = [99];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const text = walker.currentNode.data, node = walker.currentNode.parentElement;
  if (!text.trim() || !node.checkVisibility() || node.closest(exempt)) continue;
  const back = behind(node), front = over(rgba(getComputedStyle(node).color), back);
  const [light, dark] = [luminance(front), luminance(back)].sort((a, b) => b - a);
  const ratio = (light + .05) / (dark + .05);
  if (ratio < worst[0]) worst = [ratio, text];
}
return worst;
"""

# What a finger is to hit and is less than 43 pixels high or wide.
SMALL_TARGETS = """
return [...document.querySelectorAll('button, input, nav a, #list a, .seg label, .ranks a[href]')]
  .filter(node => node.checkVisibility())
  .map(node => [node.textContent || node.id, node.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.height < 43 || box.width < 43))
  .map(([name, box]) => [name, box.width, box.height]);
"""

# How many elements would move when they change.
MOVING = """
return [...document.querySelectorAll('*')].map(node => getComputedStyle(node))
  .filter(style => style.transitionDuration !== '0s' && style.transitionProperty !== 'none').length;
"""

# Fields without a label, and buttons that don't say what they do.
UNNAMED = """
const shown = selector => [...document.querySelectorAll(selector)].filter(node => node.checkVisibility());
return [...document.querySelectorAll('input, textarea')].filter(node => !node.labels.length)
  .concat(shown('button').filter(node => !node.textContent.trim() && !node.ariaLabel))
  .map(node => node.outerHTML);
"""

# How the outline of what has the focus is drawn; for a radio button, which is drawn by its label, that of the label.
OUTLINE = """
const node = document.activeElement;
return getComputedStyle(node.matches('.seg input') ? node.nextSibling : node).outlineStyle;
"""

# Whether nodes stand in the document in the order given.
IN_ORDER = """
const follows = (one, other) => one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
return [...arguments].every((node, i, all) => !i || follows(all[i - 1], node));
"""
