// Runs behind MathJax's six files in a QJSEngine: makes render(TeX, display), which gives an SVG picture or throws
// an Error that says what is wrong. What differs from MathJax as it comes is said where it does.
(function () { 'use strict';
var g = MathJax._, W = g.output.svg.Wrappers, A = g.core.MmlTree.Attributes, has = Object.prototype.hasOwnProperty;
var ad = g.adaptors.liteAdaptor.liteAdaptor({ fontSize: 16, cjkCharWidth: 1, unknownCharWidth: 0.6 });
g.handlers.html_ts.RegisterHTMLHandler(ad);

// Speed, about ten times: Qt's engine looks at every hidden class again when a prototype gains a property, and MathJax
// chains attributes by prototype. A flat look-up instead.
function look(n, m) { for (var i = 0; i < m.length; i++) if (has.call(m[i], n)) return m[i][n]; }
function Flat(d, gl) { this.global = gl; this.defaults = Object.assign({}, d); this.inherited = {}; this.attributes = {}; }
Object.getOwnPropertyNames(A.Attributes.prototype).forEach(function (k) {
  if (k !== 'constructor') Flat.prototype[k] = A.Attributes.prototype[k];
});
Flat.prototype.get = function (n) {
  var v = look(n, [this.attributes, this.inherited, this.defaults, this.global]);
  return v === A.INHERIT ? this.global[n] : v;
};
Flat.prototype.getInherited = function (n) { return look(n, [this.inherited, this.defaults, this.global]); };
Flat.prototype.getDefault = function (n) { return look(n, [this.defaults, this.global]); };
Flat.prototype.hasDefault = function (n) { return has.call(this.defaults, n) || n in this.global; };
A.Attributes = Flat;

// QtSvg does not clip nested <svg> elements: tall brackets, \overline and \underbrace would vanish with all that
// follows. One glyph that is stretched instead.
function ext(mo, n, v, t) {
  var b = mo.svg('g', { transform: t });
  mo.addGlyph(n, v, 0, 0, b);
  mo.adaptor.append(mo.element, b);
}
W.mo.SVGmo.prototype.addExtV = function (n, v, H, D, T, B, wd) {
  if (!n) return;
  var c = this.getChar(n, v), b = Math.max(0, B - 0.1), Y = H + D - Math.max(0, T - 0.1) - b, s = Y / (c[0] + c[1]);
  if (Y > 0)
    ext(this, n, v, 'translate(' + this.fixed((wd - c[2]) / 2) + ',' + this.fixed(b - D + c[1] * s) + ') scale(1,' + s.toFixed(4) + ')');
};
W.mo.SVGmo.prototype.addExtH = function (n, v, wd, L, R, x) {
  if (!n) return;
  var l = Math.max(0, L - 0.1), X = wd - l - Math.max(0, R - 0.1);
  if (X > 0)
    ext(this, n, v, 'translate(' + this.fixed((x || 0) + l) + ',0) scale(' + (X / this.getChar(n, v)[2]).toFixed(4) + ',1)');
};

// QtSvg knows no style sheets: the lines of arrays as attributes. Numbers of equations 2 em right of the table.
var M = W.mtable.SVGmtable.prototype;
M.setLineThickness = function (t, style, p) {
  p['stroke-width'] = this.fixed(t);
  p.fill = 'none';
  if (style !== 'solid') p['stroke-dasharray'] = (style === 'dotted' ? '0,' : '') + this.fixed(2 * t);
  return p;
};
M.topTable = function (svg, labels) {
  var b = this.getBBox(), L = this.getTableData().L;
  ad.setAttribute(labels, 'transform', 'translate(' + this.fixed(b.L + (this.pWidth || b.w) + b.R + 2) + ',0)');
  ad.append(svg, labels);
  this.jax.extra = Math.max(this.jax.extra, 2 + L);
};

// No package that loads, links or styles: neither require nor autoload nor html.
var tex = new g.input.tex_ts.TeX({
  maxMacros: 1000, maxBuffer: 5120,
  formatError: function (j, e) { throw new Error(e.message); },
  packages: ['base', 'ams', 'amscd', 'boldsymbol', 'braket', 'bussproofs', 'cancel', 'cases', 'centernot', 'color', 'colortbl',
    'empheq', 'enclose', 'extpfeil', 'gensymb', 'mathtools', 'mhchem', 'newcommand', 'textcomp', 'textmacros', 'unicode', 'upgreek',
    'verb', 'configmacros']
});
// Without `font`, large operators and \mathbb throw.
var svg = new g.output.svg_ts.SVG({ fontCache: 'none', font: new g.output.svg.fonts.tex_ts.TeXFont({ unknownFamily: 'Noto Sans CJK SC' }) });
var Root = svg.createRoot, Type = svg.typesetSVG, Text = svg.unknownText;
svg.createRoot = function (w) { w.getBBox().pwidth = ''; this.extra = 0; return Root.call(this, w); };
svg.typesetSVG = function (w, s, r) {
  Type.call(this, w, s, r);
  if (!this.extra) return;
  var v = ad.getAttribute(s, 'viewBox').split(' ');
  v[2] = String(+v[2] + 1000 * this.extra);
  ad.setAttribute(s, 'viewBox', v.join(' '));
};
svg.unknownText = function (t, v) { var n = Text.call(this, t, v); ad.setAttribute(n, 'stroke', 'none'); return n; }; // else Han is bold

var doc = g.mathjax.mathjax.document('', {
  InputJax: tex, OutputJax: svg,
  compileError: function (d, m, e) { throw e; }, typesetError: function (d, m, e) { throw e; }
});
// What one formula defines is gone before the next: they come from different answers.
var defined = ['new-Command', 'new-Environment', 'new-Delimiter'];
globalThis.render = function (source, display) {
  tex.reset();
  defined.forEach(function (name) {
    var map = tex.parseOptions.handlers.retrieve(name);
    if (map) map.map.clear();
  });
  return ad.innerHTML(doc.convert(source, { display: display, em: 16, ex: 16 * 0.442, containerWidth: 1e6 }));
};
})();
