"""A small shop. FastAPI runs `def` endpoints, dependencies and background tasks in threads, `async def` ones on its loop."""
from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI
from fastapi.concurrency import run_in_threadpool

app = FastAPI()
router = APIRouter(prefix="/orders")

visits = 0
greetings = 0
prices = {}
tokens_issued = 0
mails_sent = 0
rebuilt = 0


@app.get("/")
def home():  # evidence: nonatomic-update
    global visits
    visits += 1  # expect: nonatomic-update "request threads run `home`"
    return {"visits": visits}


@app.get("/hello")
async def hello():
    global greetings
    greetings += 1  # ok: nonatomic-update
    return {"greetings": greetings}


@router.get("/{item}")
def price(item: str):
    if item not in prices:
        prices[item] = len(item)  # expect: lazy-init-race "request threads run `price`"
    return prices[item]


def issue_token():
    global tokens_issued
    tokens_issued += 1  # expect: nonatomic-update
    return tokens_issued


@router.post("/")
def create(background: BackgroundTasks, token: int = Depends(issue_token)):
    background.add_task(send_mail, token)
    return {"token": token}


def send_mail(token):
    global mails_sent
    mails_sent += 1  # expect: nonatomic-update "background threads run `send_mail`"


def rebuild():
    global rebuilt
    rebuilt += 1  # expect: nonatomic-update


@router.post("/rebuild")
async def start_rebuild():
    await run_in_threadpool(rebuild)
    return {"rebuilt": True}


app.include_router(router)
