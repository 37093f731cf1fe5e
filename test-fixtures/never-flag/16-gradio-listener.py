# Never flag 16: a Gradio event listener runs once at a time unless it says otherwise.
import gradio as gr

answered = 0
history = {}
model = None


def answer(question):
    global answered, model
    if model is None:
        model = object()
    answered += 1
    if question not in history:
        history[question] = object()
    for known in history:
        print(known)
    return f"{question}? ({answered})"


with gr.Blocks() as demo:
    box = gr.Textbox()
    out = gr.Textbox()
    box.submit(answer, inputs=box, outputs=out)

if __name__ == "__main__":
    demo.launch()
