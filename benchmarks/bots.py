"""The two frameworks' own bots with the same form of five questions, kept in memory.

``python -m benchmarks.bots ptb|aiogram PORT API_URL TOKEN``
"""

import sys

QUESTIONS = [f"Câu {number}/5. Anh/chị cho biết số tiền của phần {number}?" for number in range(1, 6)]


def run_ptb(port: int, api: str, token: str) -> None:
    """python-telegram-bot: its webhook server, its ConversationHandler."""
    from telegram import Update
    from telegram.ext import Application, CommandHandler, ContextTypes, ConversationHandler, MessageHandler, filters

    async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        assert update.message
        await update.message.reply_text(QUESTIONS[0])
        return 0

    async def answer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        assert update.message
        assert context.user_data is not None
        given = context.user_data.setdefault("answers", [])
        given.append(update.message.text)
        if len(given) == len(QUESTIONS):
            text = "\n".join(given)
            given.clear()
            await update.message.reply_text(f"Anh/chị xem lại:\n{text}")
            return ConversationHandler.END
        await update.message.reply_text(QUESTIONS[len(given)])
        return 0

    app = (
        Application.builder()
        .token(token)
        .base_url(f"{api}/bot")
        .base_file_url(f"{api}/file/bot")
        .connection_pool_size(100)
        .build()
    )
    text: MessageHandler[ContextTypes.DEFAULT_TYPE, object] = MessageHandler(filters.TEXT & ~filters.COMMAND, answer)
    app.add_handler(ConversationHandler([CommandHandler("form", start)], {0: [text]}, [], allow_reentry=True))
    app.run_webhook("127.0.0.1", port, "hook", webhook_url="https://127.0.0.1/hook", secret_token="s")


def run_aiogram(port: int, api: str, token: str) -> None:
    """aiogram: its webhook handler on aiohttp, its FSM in memory."""
    from aiogram import Bot, Dispatcher, F
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.filters import Command
    from aiogram.fsm.context import FSMContext
    from aiogram.fsm.state import State, StatesGroup
    from aiogram.types import Message
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler
    from aiohttp import web

    class Form(StatesGroup):
        asking = State()

    dispatcher = Dispatcher()

    @dispatcher.message(Command("form"))
    async def start(message: Message, state: FSMContext) -> None:
        await state.set_state(Form.asking)
        await state.set_data({"answers": []})
        await message.answer(QUESTIONS[0])

    @dispatcher.message(Form.asking, F.text)
    async def answer(message: Message, state: FSMContext) -> None:
        given = [*(await state.get_data())["answers"], message.text]
        if len(given) == len(QUESTIONS):
            await state.clear()
            await message.answer("Anh/chị xem lại:\n" + "\n".join(given))
            return
        await state.set_data({"answers": given})
        await message.answer(QUESTIONS[len(given)])

    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, secret_token="s").register(app, "/hook")
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    {"ptb": run_ptb, "aiogram": run_aiogram}[sys.argv[1]](int(sys.argv[2]), sys.argv[3], sys.argv[4])
