-- Opens a Go file, starts gopls with Neovim's own LSP client, and prints what it answers:
--   nvim --headless --clean -c 'luafile neovim.lua' +qa!
-- CLIENT_FILE is the file, CLIENT_LINE and CLIENT_COLUMN (from 0) the place to ask about.
local patience = 60000

local function main()
  vim.cmd('edit ' .. vim.fn.fnameescape(vim.env.CLIENT_FILE))
  local buffer = vim.api.nvim_get_current_buf()
  local client = (vim.lsp.start_client or vim.lsp.start)({ name = 'gopls', cmd = { 'gopls' }, root_dir = vim.fn.getcwd() })
  assert(client, 'gopls was not started')
  local ready = vim.wait(patience, function()
    local started = vim.lsp.get_client_by_id(client)
    return started and started.initialized
  end, 20)
  assert(ready, 'gopls is not ready')
  assert(vim.lsp.buf_attach_client(buffer, client), 'the file is not attached')

  local document = { uri = vim.uri_from_bufnr(buffer) }
  local function ask(method, parameters)
    parameters.textDocument = document
    local answers = assert(vim.lsp.buf_request_sync(buffer, method, parameters, patience), method .. ': no answer')
    local answer = assert(answers[client], method .. ': no answer from gopls')
    assert(not answer.err, method .. ': ' .. vim.inspect(answer.err))
    return answer.result
  end
  local place = { line = tonumber(vim.env.CLIENT_LINE), character = tonumber(vim.env.CLIENT_COLUMN) }
  local seen = { 'hover: ' .. ask('textDocument/hover', { position = place }).contents.value }
  for _, found in ipairs(ask('textDocument/definition', { position = place })) do
    table.insert(seen, ('definition: %s:%d:%d'):format(found.uri, found.range.start.line, found.range.start.character))
  end
  -- The second file is not formatted.
  vim.cmd('edit ' .. vim.fn.fnameescape(vim.env.CLIENT_UNFORMATTED))
  buffer = vim.api.nvim_get_current_buf()
  document = { uri = vim.uri_from_bufnr(buffer) }
  vim.lsp.buf_attach_client(buffer, client)
  local edits = ask('textDocument/formatting', { options = { tabSize = 8, insertSpaces = false } })
  vim.lsp.util.apply_text_edits(edits, buffer, 'utf-16')
  table.insert(seen, 'formatted:')
  vim.list_extend(seen, vim.api.nvim_buf_get_lines(buffer, 0, -1, false))
  vim.lsp.stop_client(client)
  return table.concat(seen, '\n')
end

local done, said = pcall(main)
io.stdout:write(said, '\n')
if not done then vim.cmd('cquit 1') end
