// In a shadow root, as a constructed sheet: the host's CSS does not reach it, and its CSP needs no style-src for it.
export const styles = `
button{all:initial;position:fixed;bottom:calc(20px + env(safe-area-inset-bottom));right:20px;height:60px;padding:0 18px;border-radius:30px;display:flex;align-items:center;justify-content:center;gap:10px;background:var(--color);color:var(--text);font:600 16px/1 Inter,system-ui,sans-serif;cursor:pointer;box-shadow:0 8px 24px -4px rgb(15 23 42/.34);transition:transform .2s}
button:hover{transform:translateY(-2px)}
button:focus-visible{outline:3px solid var(--color);outline-offset:3px;box-shadow:0 0 0 3px #fff}
.left button{right:auto;left:20px}
svg{width:24px;height:24px;flex:none;fill:none;stroke:currentColor;stroke-width:1.9;stroke-linecap:round;stroke-linejoin:round;pointer-events:none}
.down{display:none}
.open .down{display:block}
.open .bubble,.open .label{display:none}
.badge{position:absolute;top:-4px;inset-inline-end:-4px;min-width:22px;padding:0 6px;border-radius:11px;background:#d92d20;color:#fff;font-size:12px;line-height:22px;text-align:center;box-shadow:0 0 0 2px #fff}
.panel{position:fixed;right:20px;bottom:calc(92px + env(safe-area-inset-bottom));width:400px;height:min(704px,calc(100dvh - 112px));border-radius:18px;overflow:hidden;background:var(--ground);box-shadow:0 0 0 1px rgb(15 23 42/.07),0 24px 64px -12px rgb(15 23 42/.34);opacity:0;visibility:hidden;transform:translateY(12px);transition:opacity .2s,transform .2s,visibility 0s .2s}
.left .panel{right:auto;left:20px}
.open .panel{opacity:1;visibility:visible;transform:none;transition-delay:0s}
iframe{width:100%;height:100%;border:0}
@media (max-width:480px),(max-height:420px){
.panel,.left .panel{inset:0 auto auto 0;width:100%;height:100dvh;border-radius:0;box-shadow:none;transform:translateY(24px)}
.open button{visibility:hidden}
}
@media (prefers-reduced-motion:reduce){*{transition:none!important;transform:none!important}}
@media print{div{display:none}}
`;
