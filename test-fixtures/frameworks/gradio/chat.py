"""Two listeners that change one table, and one that may run several times at once."""
import threading

import gradio as gr

votes = {}
asked = 0
pressed = 0
lock = threading.Lock()
safe = 0


def answer(question):
    global asked, safe
    asked += 1  # expect: nonatomic-update "Several listener threads run"
    with lock:
        safe += 1  # ok: nonatomic-update
    return question[::-1]


def vote(name):
    votes[name] = votes.get(name, 0) + 1  # expect: nonatomic-update


def forget(name):
    global pressed
    votes[name] = 0
    pressed += 1  # ok: nonatomic-update


with gr.Blocks() as demo:
    box = gr.Textbox()
    ask = gr.Button("Ask")
    ask.click(answer, inputs=box, outputs=box, concurrency_limit=8)
    up = gr.Button("Up")
    up.click(vote, inputs=box)
    clear = gr.Button("Clear")
    clear.click(forget, inputs=box)

demo.launch()
